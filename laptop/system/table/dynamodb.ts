import dynalite from "dynalite";
import { TableMeter } from "./table-meter.ts";

// The embedded DynamoDB, as a separate program, so that it shares neither the runner's event loop nor its crashes.

const { HOST, PORT, TABLE_FOLDER, TABLE_NAME } = process.env;
if (!TABLE_FOLDER) {
  throw new Error("TABLE_FOLDER is missing: expected the folder of the tables");
}

const server = dynalite({ path: TABLE_FOLDER, createTableMs: 0 });
// Idle connections stay open, because closing one just as a like arrives would fail that like.
server.keepAliveTimeout = 0;
server.listen(Number(PORT), HOST);

/** Milliseconds between two lines of figures, equal to the shortest metric period. */
const INTERVAL = 10_000;

if (TABLE_NAME) {
  const meter = new TableMeter(server);
  setInterval(() => console.log(meter.line(TABLE_NAME)), INTERVAL).unref();
}

// Dynalite throws if a client disconnects during a request, as a killed monolith does.
process.on("uncaughtException", (error: NodeJS.ErrnoException) => {
  if (error.code !== "ECONNRESET") {
    console.error(error.stack);
    process.exit(1);
  }
});
process.once("SIGTERM", () => server.close(() => process.exit(0)));
