import { createServer } from "node:http";

// A program that does all that the runner expects of a service, tells its environment and the end of its own work.

createServer((_request, response) => response.end("ok")).listen(Number(process.env.PORT), process.env.HOST, () => {
  console.log(JSON.stringify(process.env));
});
process.once("SIGTERM", () => {
  console.log("drained");
  process.exit(0);
});
