import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Dispatcher } from "undici";
import { API_PATHS } from "../../specs/site.ts";
import { pathPattern } from "./path-pattern.ts";
import { serveSite } from "./site.ts";
import type { TargetGroup } from "./target-group.ts";

/** A rule of the load balancer: requests whose path fits go to the group. The first rule that fits counts. */
export interface Route {
  readonly path: string;
  /** Read at every request: a release moves the rule to another group. */
  readonly group: TargetGroup;
  /** Told of every request to the group, once it is known how it is answered. */
  readonly observe?: ((outcome: Outcome) => void) | undefined;
}

/**
 * Who answered a request, with what status, and in how many seconds: from when it went to the task until the task's answer began,
 * or from when it came until the router answered in a task's place.
 */
export type Outcome = { readonly status: number; readonly seconds: number } & (
  | { readonly by: "task"; readonly origin: string }
  | { readonly by: "router" }
);

export interface RouterOptions {
  /** Port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  readonly routes: readonly Route[];
  /** Folder whose files are the site. */
  readonly site: string;
}

export interface Router {
  readonly port: number;
  /** Stops accepting, and resolves once the answers under way are out, or after `seconds`. */
  stop(seconds: number): Promise<void>;
}

/** Milliseconds; as the load balancer keeps idle connections for a minute. */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 60_000 };

/**
 * API requests under way at a time; what comes on top gets 503 at once, so that a crowd that this machine cannot serve takes
 * neither its memory nor a minute of everybody's patience. AWS's Classic Load Balancer keeps as many waiting (its "surge queue").
 */
export const MOST_UNDER_WAY = 1024;

/** What the load balancer notes, for nobody gets to see it, when a client goes away without its answer. */
const CLIENT_GONE = 460;

/** Milliseconds. */
const IDLE_SWEEP = 50;

/**
 * Plays CloudFront and the load balancer behind one address: files of the site, and API paths by the services' rules.
 * Rejects with `EADDRINUSE` when the port is taken.
 */
export async function startRouter({ port, routes, site }: RouterOptions): Promise<Router> {
  const isApi = API_PATHS.map(pathPattern);
  const rules = routes.map((route) => ({ route, fits: pathPattern(route.path) }));
  const answerFile = serveSite(site);
  let underWay = 0;

  const server = createServer(LIMITS, (request, response) => {
    const [path = ""] = (request.url ?? "").split("?", 1);
    if (!path.startsWith("/")) {
      refuse(response, 400, "malformed request: expected a path that begins with /");
    } else if (!isApi.some((fits) => fits(path))) {
      answerFile(request, response, path);
    } else {
      const rule = rules.find(({ fits }) => fits(path));
      if (rule === undefined) {
        refuse(response, 404, "not found");
      } else if (underWay === MOST_UNDER_WAY) {
        rule.route.observe?.({ by: "router", status: 503, seconds: 0 });
        refuse(response, 503, "too many requests under way");
      } else {
        underWay++;
        forward(request, response, rule.route).finally(() => underWay--);
      }
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    stop(seconds) {
      return new Promise((resolve) => {
        const deadline = setTimeout(() => server.closeAllConnections(), seconds * 1000);
        // A connection may turn idle only after the stop, when its last answer is out.
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
 * Sends a request to the first target that takes the connection. Once a byte may have left, the request is never sent
 * again, whatever becomes of it: it might be a like.
 */
async function forward(request: IncomingMessage, response: ServerResponse, { group, observe }: Route): Promise<void> {
  const came = performance.now();
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  let refusal: readonly [status: number, message: string] = [503, "no healthy task takes this request"];
  for (const { origin, pool } of group.inTurn()) {
    try {
      const sent = performance.now();
      const answer = await pool.request(outgoing(request, gone.signal));
      observe?.({ by: "task", origin, status: answer.statusCode, seconds: secondsSince(sent) });
      await relay(answer, response);
      return;
    } catch (error) {
      refusal = refusalFor(error as NodeJS.ErrnoException);
      if (gone.signal.aborted || !neverLeft(error as NodeJS.ErrnoException)) {
        break;
      }
    }
  }
  if (response.headersSent) {
    // Half an answer may be out: only a broken connection tells the client so.
    response.destroy();
  } else if (gone.signal.aborted) {
    observe?.({ by: "router", status: CLIENT_GONE, seconds: secondsSince(came) });
    response.destroy();
  } else {
    const [status] = refusal;
    observe?.({ by: "router", status, seconds: secondsSince(came) });
    refuse(response, ...refusal);
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
    // A target that refuses the connection takes only the wrapper down; the request's own stream stays whole for the next.
    body:
      encoding !== undefined || Number(length) > 0 ? Readable.from(request.iterator({ destroyOnReturn: false })) : null,
    signal,
  };
}

async function relay(answer: Dispatcher.ResponseData, response: ServerResponse): Promise<void> {
  response.writeHead(answer.statusCode, endToEnd(answer.headers));
  await pipeline(answer.body, response);
}

/** Headers that mean the one connection they came on. */
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

const NAMES_ROOT = /(^|;)\s*Root=1-[0-9a-f]{8}-[0-9a-f]{24}(;|$)/;

/** A trace that somebody has begun goes on; any other request begins one. */
function traceHeader(received: string | string[] | undefined): string {
  if (typeof received === "string" && NAMES_ROOT.test(received)) {
    return received;
  }
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds.padStart(8, "0")}-${randomBytes(12).toString("hex")}`;
}

/** True only for a request that found no connection to go out on, or a target just taken out. */
function neverLeft({ code, syscall }: NodeJS.ErrnoException): boolean {
  return syscall === "connect" || code === "UND_ERR_CONNECT_TIMEOUT" || code === "UND_ERR_CLOSED";
}

const TOO_SLOW = ["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];

function refusalFor({ code }: NodeJS.ErrnoException): readonly [status: number, message: string] {
  return TOO_SLOW.includes(code ?? "")
    ? [504, "the task did not answer in time"]
    : [502, "the task closed the connection or gave no proper answer"];
}

function refuse(response: ServerResponse, status: number, message: string): void {
  // A task's answer with headers that Node refuses has left its own words there.
  response.statusMessage = STATUS_CODES[status] ?? "";
  response
    .writeHead(status, { "content-type": "application/json; charset=utf-8" })
    .end(JSON.stringify({ error: message }));
}
