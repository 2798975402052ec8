import { randomUUID } from "node:crypto";
import { createServer, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import { type AddressInfo, Server as TcpServer } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type Koa from "koa";
import { CORS_HEADERS } from "./cors.ts";
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
  /** Stops accepting connections. Resolves when all pending responses are sent, or after `drainSeconds`. */
  stop(): Promise<void>;
}

/** The latest response on each open connection. A client that sends several requests at once gets the responses in order. */
type LatestResponses = Map<Duplex, ServerResponse>;

/** Milliseconds. */
const LIMITS = {
  /** Longer than that of the load balancer (60 s) and of the like service, so that the client closes first and loses no request. */
  keepAliveTimeout: 75_000,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
};

/** Milliseconds that an idle connection stays open during the stop, for a request that is already on its way. */
const IDLE_BEFORE_CLOSE = 1_000;

/** Serves an app over HTTP/1.1 with time limits and a graceful stop. */
export async function listen(
  app: Koa<RequestState>,
  { port, host, drainSeconds, log }: ServerSettings,
): Promise<RunningServer> {
  // Node.js would respond to a request without Host itself, without the headers that every response has. The app rejects it.
  const server = createServer({ ...LIMITS, requireHostHeader: false });
  // A set of the pending responses, with a listener on each, would cost a sixth of the CPU time of a like.
  const responses: LatestResponses = new Map();
  let stopping = false;

  server.on("connection", (socket) => {
    socket.on("close", () => responses.delete(socket));
  });
  server.on("request", ({ socket }, response: ServerResponse) => {
    responses.set(socket, response);
    if (stopping) {
      closeAfter(response);
    }
  });
  server.on("request", app.callback());
  // Node.js would respond to an unknown expectation itself, too.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  server.on("connect", (_request, socket) => {
    // The server no longer watches this socket: an error would end the process, and the stop would wait for the client.
    socket.on("error", () => socket.destroy()).on("finish", () => socket.destroy());
    respond(socket, 405, "CONNECT is not allowed here");
  });
  respondToProtocolErrors(server, responses);

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, resolve);
  });

  async function stop(): Promise<void> {
    stopping = true;
    responses.forEach(closeAfter);
    const closed = closeListener(server);
    const drained = new AbortController();
    const deadline = pause(drainSeconds * 1000, "late", { signal: drained.signal }).catch(() => "drained");
    // Timers run before sockets are read. setImmediate lets requests that have just arrived be read first.
    const sweep = setInterval(() => setImmediate(() => server.closeIdleConnections()), IDLE_BEFORE_CLOSE);
    if ((await Promise.race([closed, deadline])) === "late") {
      const pending = responses.values().filter(isPending).toArray().length;
      log.warn({ pending }, `requests cut off after ${drainSeconds} s: ${pending}`);
      server.closeAllConnections();
    }
    clearInterval(sweep);
    drained.abort();
  }

  return { port: (server.address() as AddressInfo).port, stop };
}

function isPending(response: ServerResponse): boolean {
  return !response.writableFinished;
}

/** Makes the client use another connection, and so another task, for its next request. */
function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) {
    response.setHeader("Connection", "close");
  }
}

/**
 * Resolves when the last connection is closed. The close() of node:http would also close idle connections at once, and lose
 * requests that are arriving on them.
 */
function closeListener(server: Server): Promise<unknown> {
  return new Promise((resolve) => TcpServer.prototype.close.call(server, resolve));
}

/** Responds in JSON to requests that are malformed or arrive too slowly. */
function respondToProtocolErrors(server: Server, responses: LatestResponses): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const response = responses.get(socket);
    const responding = response !== undefined && isPending(response) && response.headersSent;
    if (!socket.writable || responding || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    respond(socket, ...protocolError(error.code));
  });
}

/** Responds to a request that never reaches the app. */
function respond(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ error: message });
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
    "x-request-id": randomUUID(),
    ...CORS_HEADERS,
    connection: "close",
  };
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      "",
      body,
    ].join("\r\n"),
  );
}

function protocolError(code: string | undefined): readonly [status: number, message: string] {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return [408, "the request took too long to arrive"];
    case "HPE_HEADER_OVERFLOW":
      return [431, "headers too large: expected at most 16384 bytes"];
    default:
      return [400, "malformed request: expected HTTP/1.1"];
  }
}
