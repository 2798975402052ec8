import dynalite from "dynalite";
import { TableMeter } from "./table-meter.ts";

// The embedded DynamoDB, as a program of its own: it shares neither its event loop nor its crashes with the runner.

const { HOST, PORT, TABLE_FOLDER, TABLE_NAME } = process.env;
if (!TABLE_FOLDER) {
  throw new Error("TABLE_FOLDER is missing: expected the folder that the tables are kept in");
}

const server = dynalite({ path: TABLE_FOLDER, createTableMs: 0 });
// A client may use a connection for as long as it likes: closing one just as a like comes in would fail that like.
server.keepAliveTimeout = 0;
server.listen(Number(PORT), HOST);

/** Milliseconds between two lines with figures: a point of the finest metrics. */
const TELLING = 10_000;

if (TABLE_NAME) {
  const meter = new TableMeter(server);
  setInterval(() => console.log(meter.line(TABLE_NAME)), TELLING).unref();
}

// Dynalite throws when a client goes away in the middle of a request, as a killed monolith does.
process.on("uncaughtException", (error: NodeJS.ErrnoException) => {
  if (error.code !== "ECONNRESET") {
    console.error(error.stack);
    process.exit(1);
  }
});
process.once("SIGTERM", () => server.close(() => process.exit(0)));
