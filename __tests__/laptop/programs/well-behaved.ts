import { createServer } from "node:http";

// A program that behaves as the runner expects of a service. It prints its environment, and reports the end of its work.

createServer((_request, response) => response.end("ok")).listen(Number(process.env.PORT), process.env.HOST, () => {
  console.log(JSON.stringify(process.env));
});
process.once("SIGTERM", () => {
  console.log("drained");
  process.exit(0);
});
