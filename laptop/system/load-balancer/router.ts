import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Dispatcher } from "undici";
import { API_PATHS } from "../../../model/site.ts";
import { formatTraceHeader, newTraceRoot, parseTraceHeader } from "../../../service/shared/trace-header.ts";
import { pathPattern } from "./path-pattern.ts";
import { serveSite } from "./site.ts";
import type { TargetGroup } from "./target-group.ts";

/** Listener rule: forwards requests with a matching path to the group. The first matching rule applies. */
export interface Route {
  readonly path: string;
  /** Read for every request, because a release moves the rule to another group. */
  readonly group: TargetGroup;
  /** Called for every request to the group, once its status is known. */
  readonly observe?: ((outcome: Outcome) => void) | undefined;
}

/**
 * Responder, status, and duration of a request. The seconds run from sending the request to a task until the start of its
 * response, or from the arrival of the request until the router's own response.
 */
export type Outcome = { readonly status: number; readonly seconds: number } & (
  | { readonly by: "task"; readonly origin: string }
  | { readonly by: "router" }
);

export interface RouterOptions {
  /** Port on 127.0.0.1; 0 for any free port. */
  readonly port: number;
  readonly routes: readonly Route[];
  /** Folder of the site. */
  readonly site: string;
}

export interface Router {
  readonly port: number;
  /** Stops accepting requests. Resolves when all responses are sent, or after `seconds`. */
  stop(seconds: number): Promise<void>;
}

/** Milliseconds. The load balancer also keeps idle connections for a minute. */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 60_000 };

/**
 * Maximum number of concurrent API requests. Any further request gets a 503 at once, so that an overload neither exhausts the
 * memory nor keeps every visitor waiting for a minute. The surge queue of AWS's Classic Load Balancer has the same length.
 */
export const MAX_IN_PROGRESS = 1024;

/**
 * Status for a client that does not finish its request. An AWS load balancer responds itself, and counts the response among
 * its own 4xx, not the target's ("CloudWatch metrics for your Application Load Balancer", HTTPCode_ELB_4XX_Count).
 */
export const REQUEST_TIMEOUT = 408;

/** Status that the load balancer logs when a client disconnects before its response. */
const CLIENT_GONE = 460;

/** True for a request that its client did not finish or wait for: it says nothing about the service, and did not fail. */
export function isAbandoned({ by, status }: Outcome): boolean {
  return by === "router" && (status === REQUEST_TIMEOUT || status === CLIENT_GONE);
}

/** Milliseconds. */
const IDLE_SWEEP = 50;

/**
 * Serves as CloudFront and the load balancer at one address: the site's files, and API paths by the services' rules.
 * Rejects with `EADDRINUSE` if the port is in use.
 */
export async function startRouter({ port, routes, site }: RouterOptions): Promise<Router> {
  const isApi = API_PATHS.map(pathPattern);
  const rules = routes.map((route) => ({ route, fits: pathPattern(route.path) }));
  const answerFile = serveSite(site);
  let inProgress = 0;

  const server = createServer(LIMITS, (request, response) => {
    const [path = ""] = (request.url ?? "").split("?", 1);
    if (!path.startsWith("/")) {
      respondWithError(response, 400, "malformed request: expected a path that begins with /");
    } else if (!isApi.some((fits) => fits(path))) {
      answerFile(request, response, path);
    } else {
      const rule = rules.find(({ fits }) => fits(path));
      if (rule === undefined) {
        respondWithError(response, 404, "not found");
      } else if (inProgress === MAX_IN_PROGRESS) {
        rule.route.observe?.({ by: "router", status: 503, seconds: 0 });
        respondWithError(response, 503, "too many requests in progress");
      } else {
        inProgress++;
        forward(request, response, rule.route).finally(() => inProgress--);
      }
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", MAX_IN_PROGRESS, resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    stop(seconds) {
      return new Promise((resolve) => {
        const deadline = setTimeout(() => server.closeAllConnections(), seconds * 1000);
        // A busy connection becomes idle only after its last response, which may be after the stop.
        const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP);
        server.close(() => {
          clearTimeout(deadline);
          clearInterval(sweep);
          resolve();
        });
      });
    },
  };
}

/**
 * Sends a request to the first target that accepts the connection. Once a byte of a request may have been sent, it is never
 * sent again, even if it fails: a like could count twice.
 */
async function forward(request: IncomingMessage, response: ServerResponse, { group, observe }: Route): Promise<void> {
  const arrived = performance.now();
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  let rejection: readonly [status: number, message: string] = [503, "no healthy task is available"];
  for (const { origin, pool } of group.inTurn()) {
    try {
      const sent = performance.now();
      const targetResponse = await pool.request(outgoing(request, gone.signal));
      observe?.({
        ...(targetResponse.statusCode === REQUEST_TIMEOUT ? { by: "router" } : { by: "task", origin }),
        status: targetResponse.statusCode,
        seconds: secondsSince(sent),
      });
      await relay(targetResponse, response);
      return;
    } catch (error) {
      rejection = rejectionFor(error as NodeJS.ErrnoException);
      if (gone.signal.aborted || !wasNeverSent(error as NodeJS.ErrnoException)) {
        break;
      }
    }
  }
  if (response.headersSent) {
    // Part of the response may have been sent: only a broken connection shows the client that it is incomplete.
    response.destroy();
  } else if (gone.signal.aborted) {
    observe?.({ by: "router", status: CLIENT_GONE, seconds: secondsSince(arrived) });
    response.destroy();
  } else {
    const [status] = rejection;
    observe?.({ by: "router", status, seconds: secondsSince(arrived) });
    respondWithError(response, ...rejection);
  }
}

function secondsSince(time: number): number {
  return (performance.now() - time) / 1000;
}

function outgoing(request: IncomingMessage, signal: AbortSignal): Dispatcher.RequestOptions {
  const { method = "GET", url = "/", headers, socket } = request;
  const { "content-length": length, "transfer-encoding": encoding } = headers;
  return {
    method,
    path: url,
    headers: {
      ...endToEnd(headers),
      "x-forwarded-for": [headers["x-forwarded-for"], socket.remoteAddress].filter(Boolean).join(", "),
      "x-forwarded-proto": "http",
      "x-forwarded-port": String(socket.localPort),
      "x-amzn-trace-id": traceHeader(headers["x-amzn-trace-id"]),
    },
    // A refused connection destroys only the wrapper; the request's own stream stays intact for the next target.
    body:
      encoding !== undefined || Number(length) > 0 ? Readable.from(request.iterator({ destroyOnReturn: false })) : null,
    signal,
  };
}

async function relay(targetResponse: Dispatcher.ResponseData, response: ServerResponse): Promise<void> {
  response.writeHead(targetResponse.statusCode, endToEnd(targetResponse.headers));
  await pipeline(targetResponse.body, response);
}

/** Headers that apply to a single connection. */
const HOP_BY_HOP = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

type Headers = Record<string, string | string[] | undefined>;

function endToEnd(headers: Headers): Headers {
  const named = String(headers.connection ?? "")
    .toLowerCase()
    .split(/\s*,\s*/);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.includes(name)));
}

/** Continues the trace of the request, or begins a new one. */
function traceHeader(received: string | string[] | undefined): string {
  return typeof received === "string" && parseTraceHeader(received)
    ? received
    : formatTraceHeader({ root: newTraceRoot() });
}

/** True only if no connection was made, or if the target was just removed. */
function wasNeverSent({ code, syscall }: NodeJS.ErrnoException): boolean {
  return syscall === "connect" || code === "UND_ERR_CONNECT_TIMEOUT" || code === "UND_ERR_CLOSED";
}

const TOO_SLOW = ["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];

function rejectionFor({ code }: NodeJS.ErrnoException): readonly [status: number, message: string] {
  return TOO_SLOW.includes(code ?? "")
    ? [504, "the task did not respond in time"]
    : [502, "the task closed the connection or sent an invalid response"];
}

function respondWithError(response: ServerResponse, status: number, message: string): void {
  // After a response with headers that Node.js rejects, this is still the task's status message.
  response.statusMessage = STATUS_CODES[status] ?? "";
  response
    .writeHead(status, { "content-type": "application/json; charset=utf-8" })
    .end(JSON.stringify({ error: message }));
}
