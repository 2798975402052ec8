import { randomUUID } from "node:crypto";
import type { Middleware } from "koa";
import type { Log } from "./log.ts";
import { formatTraceHeader, newTraceRoot, parseTraceHeader } from "./trace-header.ts";

/** What every request carries on its way through a service. */
export interface RequestState {
  /** Taken over from `x-request-id` or made here; the answer and the calls to other services carry it on. */
  requestId: string;
  /** The whole `X-Amzn-Trace-Id` header, as the load balancer sent it or as it would have. */
  traceHeader: string;
  /** Writes lines with the request's id and its trace's. */
  log: Log;
}

const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** Gives each request its ids and its logger. An id that somebody made up carelessly is replaced, for it ends up in the log. */
export function identifyRequests(log: Log): Middleware<RequestState> {
  return async (ctx, next) => {
    const requestId = ctx.get("x-request-id");
    ctx.state.requestId = REQUEST_ID.test(requestId) ? requestId : randomUUID();
    ctx.set("x-request-id", ctx.state.requestId);
    const received = ctx.get("x-amzn-trace-id");
    const trace = parseTraceHeader(received);
    const traceId = trace?.root ?? newTraceRoot();
    ctx.state.traceHeader = trace ? received : formatTraceHeader({ root: traceId });
    ctx.state.log = log.child({ requestId: ctx.state.requestId, traceId }, true);
    await next();
  };
}

/** The headers that let another service log and trace its part as the same request. */
export function identityHeaders({ requestId, traceHeader }: RequestState): Record<string, string> {
  return { "x-request-id": requestId, "x-amzn-trace-id": traceHeader };
}
