import { segmentName } from "../../../../model/monitoring/tracing.ts";
import { assembleTrace, type Segment, type Trace } from "../../../telemetry/traces/trace.ts";
import { parseTraceFilter } from "../../../telemetry/traces/trace-filter.ts";

interface Example {
  readonly method?: string;
  readonly seconds: number;
  readonly status?: number;
  readonly chaos?: string;
}

const SLOW: Example = { seconds: 3, chaos: "burn" };
const FAILED: Example = { seconds: 0.01, status: 404, chaos: "deny" };
const NORMAL: Example = { seconds: 0.02, chaos: "none" };
const VISIT: Example = { method: "GET", seconds: 0.02 };

/**
 * True for a filter expression that finds slow likes and failed ones, and no others. It is tested on made-up traces, because the
 * current likes may be only slow or only failed.
 */
export function findsOddLikes(filter: string): boolean {
  const matches = parseTraceFilter(filter);
  return (
    [SLOW, FAILED].every((like) => matches(traceOf(like))) && ![NORMAL, VISIT].some((other) => matches(traceOf(other)))
  );
}

function traceOf({ method = "POST", seconds, status = 200, chaos }: Example): Trace {
  const trace_id = "1-5759e988-000000000000000000000001";
  const isLike = method === "POST";
  const path = isLike ? "/mysfits/3f0f196c-4a7b-43af-9e29-6522a715342d/like" : "/mysfits";
  const segment: Segment = {
    trace_id,
    id: "000000000000000a",
    name: segmentName(isLike ? "like" : "monolith"),
    start_time: 1_767_268_800,
    end_time: 1_767_268_800 + seconds,
    http: { request: { method, url: `http://localhost${path}` }, response: { status } },
    ...(status >= 400 && { error: true }),
    ...(chaos && { annotations: { chaos } }),
  };
  return assembleTrace(trace_id, [segment]);
}
