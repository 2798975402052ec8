import "./x-ray-manual-mode.ts";
import { createSocket } from "node:dgram";
import xray, { type Segment } from "aws-xray-sdk-core";
import sampler from "aws-xray-sdk-core/dist/lib/middleware/sampling/default_sampler.js";
import emitter from "aws-xray-sdk-core/dist/lib/segment_emitter.js";
import createError from "http-errors";
import type { Middleware, ParameterizedContext } from "koa";
import { SAMPLING_RULES } from "../../model/monitoring/tracing.ts";
import { isHealthCheck } from "./health.ts";
import type { Log } from "./log.ts";
import type { RequestState } from "./request-identity.ts";
import { patchSampling } from "./sampling.ts";
import { causeOf, flagsOf, requestFields, responseFields } from "./segment-fields.ts";
import { withSegment } from "./subsegments.ts";
import { formatTraceHeader, newTraceRoot, parseTraceHeader, startOfTrace, type TraceHeader } from "./trace-header.ts";

// Imported only with tracing on, because it loads the X-Ray SDK.

/** Seconds. X-Ray rejects traces that are older than thirty days or from the future; clocks may differ by minutes. */
const MAX_TRACE_AGE = 30 * 24 * 60 * 60;
const CLOCK_SKEW = 5 * 60;

type RequestContext = ParameterizedContext<RequestState>;

/**
 * Configures the SDK: local sampling rules in case the daemon provides none, and problems with the daemon logged only at
 * DEBUG.
 */
export function prepareTracing(name: string, log: Log): void {
  const debug = log.debug.bind(log);
  xray.setLogger({ debug, info: debug, warn: debug, error: debug });
  xray.middleware.setSamplingRules(localRules(name));
  xray.SegmentUtils.setServiceData({ runtime: "node", runtime_version: process.version });
  if (process.env.ECS_CONTAINER_METADATA_URI_V4) {
    xray.config([xray.plugins.ECSPlugin]);
  }
  emitter.socket ??= createSocket("udp4")
    .unref()
    .on("error", (error) => debug({ err: error }, "socket for the X-Ray daemon failed"));
  const send = emitter.send.bind(emitter);
  emitter.send = (segment) => {
    try {
      send(segment);
    } catch (error) {
      debug({ err: error }, "segment not sent");
    }
  };
  patchSampling();
}

/**
 * Koa middleware that records each sampled request as a segment and sends it to the X-Ray daemon after the response. It
 * continues the trace of the incoming header and sets `state.traceHeader` to the header for outgoing calls. Health checks
 * are not traced. The sampling decision is made before a segment is created, because most requests need none.
 */
export function openSegment(defaultName: string): Middleware<RequestState> {
  // The X-Ray SDK's variable for the name in segments. On AWS the name begins with the environment.
  const name = process.env.AWS_XRAY_TRACING_NAME || defaultName;
  return async (ctx, next) => {
    if (isHealthCheck(ctx.path)) {
      return next();
    }
    const trace = continueTrace(ctx);
    const sampled = sample(name, trace, ctx);
    if (trace.sampled === "?") {
      ctx.set("x-amzn-trace-id", formatTraceHeader({ root: trace.root, sampled: sampled ? "1" : "0" }));
    }
    if (!sampled) {
      ctx.state.traceHeader = formatTraceHeader({ ...trace, sampled: "0" });
      return next();
    }

    const segment = new xray.Segment(name, trace.root, trace.parent);
    if (typeof sampled === "string") {
      segment.setMatchedSamplingRule(sampled);
    }
    ctx.state.traceHeader = formatTraceHeader({ root: trace.root, parent: segment.id, sampled: "1" });
    const http = { request: requestFields(ctx) };
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
}

/** The trace of the request's header, or a new one if X-Ray would reject that. */
function continueTrace({ state }: RequestContext): TraceHeader {
  const trace = parseTraceHeader(state.traceHeader);
  const age = trace === undefined ? Number.NaN : Date.now() / 1000 - startOfTrace(trace.root);
  if (trace !== undefined && age < MAX_TRACE_AGE && age > -CLOCK_SKEW) {
    return trace;
  }
  const root = newTraceRoot();
  state.traceId = root;
  return { root };
}

function sample(serviceName: string, { sampled }: TraceHeader, ctx: RequestContext): string | boolean {
  if (sampled === "0" || sampled === "1") {
    return sampled === "1";
  }
  const { host, method: httpMethod, path: urlPath } = ctx;
  return sampler.shouldSample({ host, httpMethod, urlPath, serviceName }) ?? false;
}

function finish(segment: Segment, http: object, ctx: RequestContext): void {
  const { res } = ctx;
  Object.assign(
    segment,
    // A client that closed the connection got no response.
    res.headersSent ? { http: { ...http, response: responseFields(ctx) }, ...flagsOf(res.statusCode) } : { http },
  );
  segment.close();
}

/** X-Ray's rules for a single task: at most one request per second from the reservoir, since other tasks do the same. */
function localRules(name: string) {
  const rules = SAMPLING_RULES.filter(({ service }) => xray.utils.wildcardMatch(service, name)).map(
    ({ method, path, reservoir, rate }) => ({
      host: "*",
      http_method: method,
      url_path: path,
      fixed_target: Math.min(reservoir, 1),
      rate,
    }),
  );
  return { version: 2, default: { fixed_target: 0, rate: 0 }, rules };
}
