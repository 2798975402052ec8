import "./x-ray-manual-mode.ts";
import { createSocket } from "node:dgram";
import { request } from "node:http";
import xray, { type Segment } from "aws-xray-sdk-core";
import sampler from "aws-xray-sdk-core/dist/lib/middleware/sampling/default_sampler.js";
import connector from "aws-xray-sdk-core/dist/lib/middleware/sampling/service_connector.js";
import emitter from "aws-xray-sdk-core/dist/lib/segment_emitter.js";
import type { Middleware, ParameterizedContext } from "koa";
import { SAMPLING_RULES } from "../../specs/monitoring/tracing.ts";
import { isHealthCheck } from "./health.ts";
import type { Log } from "./log.ts";
import { Refusal } from "./refusal.ts";
import type { RequestState } from "./request-identity.ts";
import { causeOf, flagsOf, requestFields, responseFields } from "./segment-fields.ts";
import { withSegment } from "./subsegments.ts";
import { formatTraceHeader, newTraceRoot, parseTraceHeader, startOfTrace, type TraceHeader } from "./trace-header.ts";

// Importing this loads the X-Ray SDK: only a service that traces does.

/** Milliseconds for a question about sampling. The SDK has no limit of its own. */
const DAEMON_LIMIT = 2_000;

/** Seconds. X-Ray takes no trace that is older than thirty days; clocks may differ by a few minutes. */
const OLDEST_TRACE = 30 * 24 * 60 * 60;
const CLOCK_SKEW = 5 * 60;

type RequestContext = ParameterizedContext<RequestState>;

/**
 * Prepares this process for tracing: sampling rules for when the daemon has none, and a daemon that may be missing, slow
 * or mad without anybody noticing but who reads the log at DEBUG.
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
    .on("error", (error) => debug({ err: error }, "no socket for the X-Ray daemon"));
  const send = emitter.send.bind(emitter);
  emitter.send = (segment) => {
    try {
      send(segment);
    } catch (error) {
      debug({ err: error }, "segment not sent");
    }
  };
  connector.httpClient = {
    request: (options, onResponse) => request({ ...options, signal: AbortSignal.timeout(DAEMON_LIMIT) }, onResponse),
  };
}

/**
 * Koa middleware that records each request as a segment of its trace and sends it to the X-Ray daemon once the answer is
 * out. The trace header is taken over, and `state.traceHeader` then says what to pass on. Health checks are no part of
 * any trace. Whether a request is traced is decided before anything is built for it.
 */
export function openSegment(name: string): Middleware<RequestState> {
  return async (ctx, next) => {
    if (isHealthCheck(ctx.path)) {
      return next();
    }
    const trace = takeOver(ctx);
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
      if (!(error instanceof Refusal) || error.status >= 500) {
        Object.assign(segment, { fault: true, cause: causeOf(error) });
      }
      throw error;
    }
  };
}

/** The trace that a request belongs to: the one of its header, unless X-Ray would not take it. */
function takeOver({ state }: RequestContext): TraceHeader {
  const trace = parseTraceHeader(state.traceHeader);
  const age = trace === undefined ? Number.NaN : Date.now() / 1000 - startOfTrace(trace.root);
  if (trace !== undefined && age < OLDEST_TRACE && age > -CLOCK_SKEW) {
    return trace;
  }
  const root = newTraceRoot();
  state.log = state.log.child({ traceId: root }, true);
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
    // Whoever hung up got no answer.
    res.headersSent ? { http: { ...http, response: responseFields(ctx) }, ...flagsOf(res.statusCode) } : { http },
  );
  segment.close();
}

/** The same rules as in X-Ray, for a task by itself: it takes no more than one request a second without throwing dice. */
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
