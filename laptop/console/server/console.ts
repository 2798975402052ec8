import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Router from "@koa/router";
import createError from "http-errors";
import Koa, { type Middleware } from "koa";
import { StartError } from "../../system/start.ts";
import { QueryError } from "../../telemetry/syntax/tokens.ts";
import { LabRecord } from "../pages/labs/lab-record.ts";
import { EventHub } from "./events.ts";
import { consoleFiles } from "./files.ts";
import { guard } from "./guard.ts";
import type { ObservedSystem } from "./page-server.ts";
import { pageServers } from "./page-servers.ts";

export interface Console {
  /** For example `http://localhost:9000`. */
  readonly address: string;
  /** Number of tabs with an open event stream. */
  readonly tabs: number;
  stop(): Promise<void>;
}

/** Milliseconds. */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 60_000 };

/**
 * Serves the console of a running system on 127.0.0.1. Throws a {@link StartError} if the port is in use.
 * @param port 0 picks a free one.
 * @param record keeps the progress of the labs
 */
export async function startConsole(system: ObservedSystem, port: number, record = new LabRecord()): Promise<Console> {
  const boot = randomBytes(6).toString("hex");
  const pages = pageServers(system, boot, record);
  const events = new EventHub(
    pages.flatMap(({ channels = [] }) => channels),
    boot,
  );
  const router = new Router();
  router.get("/api/events", subscribe(events));
  for (const page of pages) {
    page.routes?.(router);
  }

  const app = new Koa();
  // A tab that closes during a response is not an error.
  app.silent = true;
  app.use(handleErrors);
  app.use(guard);
  app.use(router.routes());
  app.use(router.allowedMethods());
  app.use(rejectUnknownCalls);
  app.use(consoleFiles(system.title));

  const server = createServer(LIMITS, app.callback());
  await listen(server, port);
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}`,
    get tabs() {
      return events.tabs;
    },
    async stop() {
      events.close();
      for (const page of pages) {
        page.stop?.();
      }
      await new Promise((resolve) => {
        server.close(resolve).closeAllConnections();
      });
    },
  };
}

/** Throws a {@link StartError} if the console cannot have a port. Called before the system starts, which takes seconds. */
export async function requireConsolePort(port: number): Promise<void> {
  const server = createServer();
  await listen(server, port);
  server.close();
  await once(server, "close");
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, port);
  }
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: "is already in use",
    EACCES: "requires elevated privileges",
  };
  const reason = reasons[error.code ?? ""];
  return reason === undefined
    ? error
    : new StartError(`port ${port} of the console ${reason}: choose another, as in CONSOLE_PORT=9001 npm start`);
}

function subscribe(events: EventHub): Middleware {
  return (ctx) => {
    const channels = String(ctx.query.channels ?? "").split(",");
    const unknown = channels.filter((channel) => !events.has(channel));
    if (unknown.length > 0) {
      throw createError(400, `unknown channel: ${unknown.join(", ")}`);
    }
    if (events.full) {
      throw createError(503, "too many tabs are connected");
    }
    ctx.set({ "content-type": "text/event-stream", "cache-control": "no-store" });
    ctx.req.socket.setNoDelay(true);
    ctx.body = events.subscribe(channels, ctx.get("last-event-id"));
  };
}

const handleErrors: Middleware = async (ctx, next) => {
  try {
    await next();
    if (ctx.status >= 400 && ctx.body == null) {
      throw createError(ctx.status, "there is nothing at this address");
    }
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof QueryError) {
      // Status 200, because browsers log other statuses as errors of the page, and people are still typing.
      ctx.body = { queryError: message, at: error.at };
      return;
    }
    ctx.status = createError.isHttpError(error) ? error.status : 500;
    ctx.body = { error: message };
  }
};

const rejectUnknownCalls: Middleware = (ctx, next) => {
  if (ctx.path.startsWith("/api/") && ctx.body == null) {
    throw createError(ctx.status === 405 ? 405 : 404, `there is no ${ctx.method} ${ctx.path}`);
  }
  return next();
};
