import { hostname } from "node:os";
import createError from "http-errors";
import type { Middleware, ParameterizedContext } from "koa";
import { isHealthCheck } from "./health.ts";
import type { Log } from "./log.ts";
import type { RequestState } from "./request-identity.ts";
import { prepareSampling, sample } from "./sampling.ts";
import { Segment } from "./segment.ts";
import { causeOf, flagsOf, requestFields, responseFields } from "./segment-fields.ts";
import { withSegment } from "./subsegments.ts";
import { formatTraceHeader, newTraceRoot, startOfTrace, type TraceHeader } from "./trace-header.ts";
import { connectDaemon } from "./x-ray-daemon.ts";

// Imported only with tracing on, because it loads the sampling of the X-Ray SDK.

/** Seconds. X-Ray rejects traces that are older than thirty days or from the future; clocks may differ by minutes. */
const MAX_TRACE_AGE = 30 * 24 * 60 * 60;
const CLOCK_SKEW = 5 * 60;

type RequestContext = ParameterizedContext<RequestState>;

/**
 * Koa middleware that records each sampled request as a segment and sends it to the X-Ray daemon after the response. It
 * continues the trace of the incoming header and sets `state.traceHeader` to the header for outgoing calls. Health checks
 * are not traced. The sampling decision is made before a segment is created, because most requests need none.
 */
export function openSegment(service: string, log: Log): Middleware<RequestState> {
  // The X-Ray SDK's variable for the name in segments. On AWS the name begins with the environment.
  const name = process.env.AWS_XRAY_TRACING_NAME || service;
  const host = hostFields();
  const send = connectDaemon(log);
  prepareSampling(service, log);

  const record = async (ctx: RequestContext, next: () => Promise<unknown>, trace: TraceHeader, rule: string | true) => {
    const segment = new Segment(name, trace, send);
    ctx.state.traceHeader = formatTraceHeader({ root: trace.root, parent: segment.id, sampled: "1" });
    const aws = { ...host.aws, ...(rule !== true && { xray: { rule_name: rule } }) };
    const http = { request: requestFields(ctx) };
    Object.assign(segment, host, { aws, http });
    ctx.res.once("close", () => finish(segment, http, ctx));
    try {
      await withSegment(segment, next);
    } catch (error) {
      if (!createError.isHttpError(error) || error.status >= 500) {
        Object.assign(segment, { fault: true, cause: causeOf(error) });
      }
      throw error;
    }
  };

  return (ctx, next) => {
    if (isHealthCheck(ctx.path)) {
      return next();
    }
    const trace = continueTrace(ctx.state);
    const rule = decide(trace, name, host.origin, ctx);
    if (trace.sampled === "?") {
      ctx.set("x-amzn-trace-id", formatTraceHeader({ root: trace.root, sampled: rule === false ? "0" : "1" }));
    }
    if (rule !== false) {
      return record(ctx, next, trace, rule);
    }
    ctx.state.traceHeader = formatTraceHeader({ ...trace, sampled: "0" });
    return next();
  };
}

/** Fields of every segment of this process. */
function hostFields() {
  return {
    service: { runtime: "node", runtime_version: process.version },
    ...(process.env.ECS_CONTAINER_METADATA_URI_V4 && {
      origin: "AWS::ECS::Container",
      aws: { ecs: { container: hostname() } },
    }),
  };
}

/** The trace of the request's header, or a new one if X-Ray would reject that. */
function continueTrace(state: RequestState): TraceHeader {
  const age = Date.now() / 1000 - startOfTrace(state.trace.root);
  if (age >= MAX_TRACE_AGE || age <= -CLOCK_SKEW) {
    state.trace = { root: newTraceRoot() };
  }
  return state.trace;
}

/** @returns Name of the rule that samples the request; true if it is sampled for another reason */
function decide(
  { sampled }: TraceHeader,
  serviceName: string,
  serviceType: string | undefined,
  ctx: RequestContext,
): string | boolean {
  if (sampled === "0" || sampled === "1") {
    return sampled === "1";
  }
  const { host, method: httpMethod, path: urlPath } = ctx;
  return sample({ host, httpMethod, urlPath, serviceName, serviceType });
}

function finish(segment: Segment, http: object, ctx: RequestContext): void {
  const { res } = ctx;
  // A client that closed the connection got no response.
  if (res.headersSent) {
    Object.assign(segment, { http: { ...http, response: responseFields(ctx) } }, flagsOf(res.statusCode));
  }
  segment.close();
}
