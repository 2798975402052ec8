import { randomUUID } from "node:crypto";
import type { Middleware } from "koa";
import type { Log } from "./log.ts";
import { formatTraceHeader, newTraceRoot, parseTraceHeader, type TraceHeader } from "./trace-header.ts";

/** State of every request in a service. */
export class RequestState {
  /** From `x-request-id`, or generated. Sent with the response and with calls to other services. */
  readonly requestId: string;
  /** The trace of the request's header, or a new one. */
  trace: TraceHeader;
  /** The `X-Amzn-Trace-Id` header from the load balancer, or an equivalent one. */
  traceHeader: string;
  readonly #log: Log;

  constructor(requestId: string, traceHeader: string, log: Log) {
    const trace = parseTraceHeader(traceHeader);
    this.requestId = REQUEST_ID.test(requestId) ? requestId : randomUUID();
    this.trace = trace ?? { root: newTraceRoot() };
    this.traceHeader = trace ? traceHeader : formatTraceHeader(this.trace);
    this.#log = log;
  }

  /** The IDs, as fields of a log line. */
  get ids() {
    return { requestId: this.requestId, traceId: this.trace.root };
  }

  /** Writes lines with the IDs. */
  get log(): Log {
    return this.#log.child(this.ids, true);
  }
}

const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** Koa middleware that sets each request's IDs and logger. A malformed ID is replaced, because it would be logged. */
export function identifyRequests(log: Log): Middleware<RequestState> {
  return (ctx, next) => {
    ctx.state = new RequestState(ctx.get("x-request-id"), ctx.get("x-amzn-trace-id"), log);
    ctx.res.setHeader("x-request-id", ctx.state.requestId);
    return next();
  };
}

/** Headers that let another service log and trace its part under the same IDs. */
export function identityHeaders({ requestId, traceHeader }: RequestState): Record<string, string> {
  return { "x-request-id": requestId, "x-amzn-trace-id": traceHeader };
}
