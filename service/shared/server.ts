import { createServer, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import { type AddressInfo, Server as TcpServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type Koa from "koa";
import type { Log } from "./log.ts";
import type { RequestState } from "./request-identity.ts";

export interface ServerSettings {
  readonly port: number;
  readonly host?: string | undefined;
  readonly drainSeconds: number;
  readonly log: Log;
}

export interface RunningServer {
  readonly port: number;
  /** Stops accepting, and resolves once every answer under way is out, or after `drainSeconds`. */
  stop(): Promise<void>;
}

/** Milliseconds. */
const LIMITS = {
  /** Longer than the load balancer's 60 s and than our own clients': the side that sends closes first, so nothing is lost. */
  keepAliveTimeout: 75_000,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
};

/** Milliseconds that a silent connection stays open after the stop, for a request that is just on its way. */
const SILENCE_BEFORE_CLOSE = 1_000;

export async function listen(
  app: Koa<RequestState>,
  { port, host, drainSeconds, log }: ServerSettings,
): Promise<RunningServer> {
  const server = createServer(LIMITS);
  const underWay = new Set<ServerResponse>();
  let stopping = false;

  server.on("request", (_request, response: ServerResponse) => {
    underWay.add(response);
    response.on("close", () => underWay.delete(response));
    if (stopping) {
      closeAfter(response);
    }
  });
  server.on("request", app.callback());
  answerProtocolErrors(server, underWay);

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, resolve);
  });

  async function stop(): Promise<void> {
    stopping = true;
    underWay.forEach(closeAfter);
    const closed = closeListener(server);
    const drained = new AbortController();
    const deadline = pause(drainSeconds * 1000, "late", { signal: drained.signal }).catch(() => "drained");
    // Timers run before sockets are read: with setImmediate, what has arrived meanwhile is seen first.
    const sweep = setInterval(() => setImmediate(() => server.closeIdleConnections()), SILENCE_BEFORE_CLOSE);
    if ((await Promise.race([closed, deadline])) === "late") {
      log.warn({ underWay: underWay.size }, `not finished within ${drainSeconds} s, cut off: ${underWay.size}`);
      server.closeAllConnections();
    }
    clearInterval(sweep);
    drained.abort();
  }

  return { port: (server.address() as AddressInfo).port, stop };
}

/** Makes the client of this answer turn to another connection, and so to another task, for its next request. */
function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) {
    response.setHeader("Connection", "close");
  }
}

/** Resolves when the last connection is gone. http's own close() would cut idle connections at once, with requests just arriving on them. */
function closeListener(server: Server): Promise<unknown> {
  return new Promise((resolve) => TcpServer.prototype.close.call(server, resolve));
}

/** Answers in JSON what is no HTTP, or comes too slowly to become a request. */
function answerProtocolErrors(server: Server, underWay: ReadonlySet<ServerResponse>): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const answered = [...underWay].some((response) => response.socket === socket && response.headersSent);
    if (!socket.writable || answered || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const [status, message] = protocolError(error.code);
    const body = JSON.stringify({ error: message });
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
        `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
}

function protocolError(code: string | undefined): readonly [status: number, message: string] {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return [408, "the request took too long to arrive"];
    case "HPE_HEADER_OVERFLOW":
      return [431, "headers too large: expected 16384 bytes at most"];
    default:
      return [400, "malformed request: expected HTTP/1.1"];
  }
}
