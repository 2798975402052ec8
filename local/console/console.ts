import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Router from "@koa/router";
import Koa, { type Middleware } from "koa";
import { Refusal } from "../../service/shared/refusal.ts";
import { QueryError } from "../insights/tokens.ts";
import { StartError } from "../start.ts";
import { consoleFiles } from "./files.ts";
import { guard } from "./guard.ts";
import { Live } from "./live.ts";
import type { ObservedSystem } from "./page.ts";
import { pageParts } from "./pages.ts";

export interface Console {
  /** Such as `http://localhost:9000`. */
  readonly address: string;
  /** How many tabs are being told what is new. */
  readonly tabs: number;
  stop(): Promise<void>;
}

/** Milliseconds. */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 60_000 };

/**
 * Serves the console of a running system on 127.0.0.1. Throws a {@link StartError} when the port cannot be had.
 * @param port 0 takes a free one.
 */
export async function startConsole(system: ObservedSystem, port: number): Promise<Console> {
  const boot = randomBytes(6).toString("hex");
  const parts = pageParts(system, boot);
  const live = new Live(
    parts.flatMap(({ topics = [] }) => topics),
    boot,
  );
  const router = new Router();
  router.get("/api/live", follow(live));
  for (const part of parts) {
    part.routes?.(router);
  }

  const app = new Koa();
  // A tab that is closed in the middle of an answer is nobody's concern.
  app.silent = true;
  app.use(answerErrors);
  app.use(guard);
  app.use(router.routes());
  app.use(router.allowedMethods());
  app.use(refuseUnknownCalls);
  app.use(consoleFiles());

  const server = createServer(LIMITS, app.callback());
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(explain(error, port))).listen(port, "127.0.0.1", resolve);
  });
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}`,
    get tabs() {
      return live.tabs;
    },
    async stop() {
      live.close();
      for (const part of parts) {
        part.stop?.();
      }
      await new Promise((resolve) => {
        server.close(resolve).closeAllConnections();
      });
    },
  };
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  return error.code === "EADDRINUSE" || error.code === "EACCES"
    ? new StartError(`port ${port} for the console is not to be had: choose another, as in CONSOLE_PORT=9001 npm start`)
    : error;
}

function follow(live: Live): Middleware {
  return (ctx) => {
    const topics = String(ctx.query.topics ?? "").split(",");
    const unknown = topics.filter((topic) => !live.has(topic));
    if (unknown.length > 0) {
      throw new Refusal(400, `topics: there is no ${unknown.join(", ")}`);
    }
    if (live.full) {
      throw new Refusal(503, "too many tabs follow the console already");
    }
    ctx.set({ "content-type": "text/event-stream", "cache-control": "no-store" });
    ctx.req.socket.setNoDelay(true);
    ctx.body = live.follow(topics, ctx.get("last-event-id"));
  };
}

const answerErrors: Middleware = async (ctx, next) => {
  try {
    await next();
    if (ctx.status >= 400 && ctx.body == null) {
      throw new Refusal(ctx.status, "there is nothing at this address");
    }
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof QueryError) {
      // Browsers log each refused call as an error of the page, and this is but somebody in the middle of typing.
      ctx.body = { misunderstood: message, at: error.at };
      return;
    }
    ctx.status = error instanceof Refusal ? error.status : 500;
    ctx.body = { error: message };
  }
};

const refuseUnknownCalls: Middleware = (ctx, next) => {
  if (ctx.path.startsWith("/api/") && ctx.body == null) {
    throw new Refusal(ctx.status === 405 ? 405 : 404, `there is no ${ctx.method} ${ctx.path}`);
  }
  return next();
};
