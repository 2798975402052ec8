import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { HEALTH_PATH } from "./health.ts";

// The container's health check, which needs no shell: exits with 0 if the program responds with any status below 500.

/** Milliseconds. The load balancer judges a program that is busy for longer. */
const LIMIT = 5_000;

const request = get({
  host: "127.0.0.1",
  port: process.env.PORT,
  path: HEALTH_PATH,
  signal: AbortSignal.timeout(LIMIT),
});
const [response] = (await once(request, "response")) as [IncomingMessage];
process.exit(response.statusCode !== undefined && response.statusCode < 500 ? 0 : 1);
