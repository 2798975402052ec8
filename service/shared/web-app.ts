import { type IncomingMessage, METHODS } from "node:http";
import Router from "@koa/router";
import createError from "http-errors";
import Koa, { type Middleware } from "koa";
import { allowEveryOrigin } from "./cors.ts";
import { handleErrors } from "./error-handler.ts";
import { HEALTH_PATH, isHealthCheck, READY_PATH } from "./health.ts";
import type { Log } from "./log.ts";
import { identifyRequests, type RequestState } from "./request-identity.ts";

export interface WebApp {
  /** Name of the service in health and readiness responses. */
  readonly name: string;
  readonly log: Log;
  /** Name of the service in traces. If omitted, requests are not traced. */
  readonly segment?: string;
  /** Adds the service's routes. */
  routes(router: Router<RequestState>): void;
  /** Names of the dependencies that cannot be reached at the moment. */
  missing(): Promise<readonly string[]>;
}

/** Limit of a request body in bytes. No route needs a body, but clients may send one. */
const BODY_LIMIT = 16 * 1024;

/** A Koa app with the common features of the services: IDs, logs, errors as JSON, CORS, limits, health, and readiness. */
export async function webApp({ name, log, segment, routes, missing }: WebApp): Promise<Koa<RequestState>> {
  const router = new Router<RequestState>({
    methods: METHODS,
    // Exact paths, as in the rules of the load balancer.
    strict: true,
    sensitive: true,
  });
  router.get(HEALTH_PATH, (ctx) => {
    ctx.body = { status: "ok", service: name };
  });
  router.get(READY_PATH, async (ctx) => {
    const dependencies = await missing();
    const ready = dependencies.length === 0;
    ctx.status = ready ? 200 : 503;
    ctx.body = ready
      ? { status: "ready", service: name }
      : { status: "not ready", service: name, missing: dependencies };
  });
  routes(router);

  const app = new Koa<RequestState>();
  app.on("error", (error) => log.warn({ err: error }, `response not sent: ${error.message}`));
  app.use(identifyRequests(log));
  app.use(logRequests(log));
  app.use(allowEveryOrigin);
  app.use(handleErrors);
  if (segment !== undefined) {
    const { openSegment } = await import("./tracing.ts");
    app.use(openSegment(segment, log));
  }
  app.use(rejectMalformed);
  app.use(discardBody);
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
}

function logRequests(log: Log): Middleware<RequestState> {
  return async (ctx, next) => {
    const start = performance.now();
    await next();
    const { method, path, status } = ctx;
    // Health checks come several times a minute, and at INFO they would hide everything else.
    const level = isHealthCheck(path) ? "debug" : "info";
    const durationMs = Math.round((performance.now() - start) * 10) / 10;
    // The time as text: the JSON of bunyan's Date takes as long as that of all other fields.
    const time = new Date().toISOString();
    log[level]({ ...ctx.state.ids, method, path, status, durationMs, time }, `${method} ${path} ${status}`);
  };
}

/** Rejects requests that Node.js accepts, or would reject without the headers that every response has. */
const rejectMalformed: Middleware<RequestState> = (ctx, next) => {
  const { host, expect } = ctx.req.headers;
  if (host === undefined && ctx.req.httpVersion === "1.1") {
    throw createError(400, "malformed request: expected a Host header");
  }
  if (expect !== undefined && expect.toLowerCase() !== "100-continue") {
    throw createError(417, "expected 100-continue as the only expectation");
  }
  try {
    decodeURIComponent(ctx.url);
  } catch {
    throw createError(400, "malformed URL: expected '%' only before two hexadecimal digits of UTF-8");
  }
  return next();
};

/** Reads the whole body and discards it, so that an incomplete request has no effect. */
const discardBody: Middleware<RequestState> = (ctx, next) => {
  const { "transfer-encoding": encoding, "content-length": length = 0 } = ctx.req.headers;
  // Most requests have no body.
  return encoding || Number(length) ? readBody(ctx.req, Number(length)).then(next) : next();
};

async function readBody(request: IncomingMessage, length: number): Promise<void> {
  checkLimit(length);
  let bytes = 0;
  try {
    // Without destroyOnReturn, the connection stays open for the response, and Node.js discards the rest of the body.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      checkLimit(bytes);
    }
  } catch (error) {
    throw createError.isHttpError(error) ? error : createError(400, "the request ended before its body did");
  }
}

function checkLimit(bytes: number): void {
  if (bytes > BODY_LIMIT) {
    throw createError(413, `body too large: expected at most ${BODY_LIMIT} bytes`);
  }
}
