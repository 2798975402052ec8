import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { HEALTH_PATH } from "./health.ts";

// What a container's health check runs, without a shell: ends with 0 if the program beside it answers, be it "not found".

/** Milliseconds. A program that is busy for longer is left to the load balancer, which sees how busy its neighbours are. */
const LIMIT = 5_000;

const question = get({
  host: "127.0.0.1",
  port: process.env.PORT,
  path: HEALTH_PATH,
  signal: AbortSignal.timeout(LIMIT),
});
const [answer] = (await once(question, "response")) as [IncomingMessage];
process.exit(answer.statusCode !== undefined && answer.statusCode < 500 ? 0 : 1);
