import { METHODS } from "node:http";
import cors from "@koa/cors";
import Router from "@koa/router";
import Koa, { type Middleware } from "koa";
import { HEALTH_PATH, isHealthCheck, READY_PATH } from "./health.ts";
import type { Log } from "./log.ts";
import { answerErrors, Refusal } from "./refusal.ts";
import { identifyRequests, type RequestState } from "./request-identity.ts";

export interface WebApp {
  /** Name of the service, as health and readiness answer it. */
  readonly name: string;
  readonly log: Log;
  /** What the service calls itself in traces; its requests are not traced when this is left out. */
  readonly segment?: string;
  /** Adds the service's own routes. */
  routes(router: Router<RequestState>): void;
  /** Names whatever the service needs and cannot reach just now. */
  missing(): Promise<readonly string[]>;
}

/** Bytes. No route reads a body, so this is room for a client that sends one all the same. */
const BODY_LIMIT = 16 * 1024;

/** A Koa app with what the services have in common: ids, logs, errors as JSON, CORS, limits, health and readiness. */
export async function webApp({ name, log, segment, routes, missing }: WebApp): Promise<Koa<RequestState>> {
  const router = new Router<RequestState>({ methods: METHODS });
  router.get(HEALTH_PATH, (ctx) => {
    ctx.body = { status: "ok", service: name };
  });
  router.get(READY_PATH, async (ctx) => {
    const absent = await missing();
    ctx.status = absent.length === 0 ? 200 : 503;
    ctx.body =
      absent.length === 0
        ? { status: "ready", service: name }
        : { status: "not ready", service: name, missing: absent };
  });
  routes(router);

  const app = new Koa<RequestState>();
  app.on("error", (error) => log.warn({ err: error }, `answer not delivered: ${error.message}`));
  app.use(identifyRequests(log));
  app.use(logRequests);
  app.use(cors({ exposeHeaders: "x-request-id" }));
  app.use(answerErrors);
  if (segment !== undefined) {
    const { openSegment, prepareTracing } = await import("./tracing.ts");
    prepareTracing(segment, log);
    app.use(openSegment(segment));
  }
  app.use(refuseMalformedUrls);
  app.use(takeBody);
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
}

const logRequests: Middleware<RequestState> = async (ctx, next) => {
  const start = performance.now();
  await next();
  const { method, path, status } = ctx;
  // Every load balancer asks several times a minute: at INFO that would bury everything else.
  const level = isHealthCheck(path) ? "debug" : "info";
  const durationMs = Math.round((performance.now() - start) * 10) / 10;
  ctx.state.log[level]({ method, path, status, durationMs }, `${method} ${path} ${status}`);
};

const refuseMalformedUrls: Middleware<RequestState> = (ctx, next) => {
  try {
    decodeURIComponent(ctx.url);
  } catch {
    throw new Refusal(400, "malformed URL: expected '%' only before two hexadecimal digits of UTF-8");
  }
  return next();
};

/** Waits until the request is here in full, without keeping it: nothing happens for half a request. */
const takeBody: Middleware<RequestState> = async (ctx, next) => {
  refuseBeyondLimit(Number(ctx.get("content-length")));
  let bytes = 0;
  try {
    // Left undestroyed, the connection stays open for the answer, and Node throws away the rest of the body.
    for await (const chunk of ctx.req.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      refuseBeyondLimit(bytes);
    }
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(400, "the request ended before its body did");
  }
  await next();
};

function refuseBeyondLimit(bytes: number): void {
  if (bytes > BODY_LIMIT) {
    throw new Refusal(413, `body too large: expected ${BODY_LIMIT} bytes at most`);
  }
}
