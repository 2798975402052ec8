import { ODD_LIKES } from "../../../../model/monitoring/tracing.ts";
import { durationOf, isComplete, rootOf, type Trace } from "../../../telemetry/traces/trace.ts";
import { parseTraceFilter, type TraceFilter } from "../../../telemetry/traces/trace-filter.ts";
import type { TraceStore } from "../../../telemetry/traces/trace-store.ts";
import { empty, endpoint } from "../../server/endpoint.ts";
import type { ObservedSystem, PageServer } from "../../server/page-server.ts";
import { Slices } from "../../server/slices.ts";
import type { LabActivity } from "../labs/lab-activity.ts";
import { type FoundTraces, type TraceRow, type TraceSearch, traceId, traceSearch } from "./messages.ts";

/** Traces per response. */
const MAX_ROWS = 300;

/** The server side of the Traces page. */
export function traces({ observability }: ObservedSystem, activity: LabActivity): PageServer {
  const store = observability.traces;
  return {
    channels: [{ name: "traces", interval: 500, sample: () => ({ revision: store.revision, size: store.size }) }],
    routes(router) {
      endpoint(router, "GET /api/traces", traceSearch, async (search, signal) => {
        const found = await find(store, search, signal);
        activity.filtered(search, found.traces);
        return found;
      });
      endpoint(router, "GET /api/traces/groups", empty, () => [ODD_LIKES]);
      endpoint(router, "GET /api/trace", traceId, ({ id }) => {
        const trace = store.get(id);
        if (trace === undefined) {
          return {};
        }
        activity.opened(trace);
        return { trace };
      });
    },
  };
}

async function find(
  store: TraceStore,
  { filter, order, from = 0, after = 0 }: TraceSearch,
  signal: AbortSignal,
): Promise<FoundTraces> {
  const fits = parseTraceFilter(filter);
  const slices = new Slices(signal);
  const { revision } = store;
  const left: string[] = [];
  let rows: TraceRow[] = [];
  let matched = 0;
  for (const id of store.changedSince(after)) {
    // Documents that arrive during the search belong to the next one.
    const row = matchOf(store.summaryAt(id, revision), fits, from);
    const before = matchOf(store.summaryAt(id, after), fits, from);
    matched += Number(row !== undefined) - Number(before !== undefined);
    if (row) {
      rows.push(row);
    } else if (before) {
      left.push(id);
    }
    if (rows.length > 2 * MAX_ROWS) {
      rows = first(rows, order);
    }
    if (slices.over) {
      await slices.giveWay();
    }
  }
  return { traces: first(rows, order), left, matched, revision };
}

/** Returns the row of a matching trace; undefined for any other trace. */
function matchOf(trace: Trace | undefined, fits: TraceFilter, from: number): TraceRow | undefined {
  // Separate subsegments may arrive before their segment. Until then the trace has none.
  const row = trace && trace.segments.length > 0 && fits(trace) ? rowOf(trace) : undefined;
  return row && row.start >= from ? row : undefined;
}

function first(rows: readonly TraceRow[], order: "newest" | "slowest"): TraceRow[] {
  return rows
    .toSorted((one, other) => (order === "newest" ? other.start - one.start : other.duration - one.duration))
    .slice(0, MAX_ROWS);
}

function rowOf(trace: Trace): TraceRow {
  const { id, segments } = trace;
  const root = rootOf(trace);
  const { request, response } = root?.http ?? {};
  return {
    id,
    start: (root?.start_time ?? 0) * 1000,
    duration: durationOf(trace),
    services: [...new Set(segments.map(({ name }) => name))],
    ...(request?.method !== undefined && { method: request.method }),
    ...(request?.url !== undefined && { path: pathOf(request.url) }),
    ...(response?.status !== undefined && { status: response.status }),
    kind: segments.some(({ fault }) => fault)
      ? "fault"
      : segments.some(({ error, throttle }) => error || throttle)
        ? "error"
        : !segments.every(isComplete)
          ? "unfinished"
          : request && response?.status === undefined
            ? "unanswered"
            : "ok",
  };
}

function pathOf(url: string): string {
  return URL.parse(url)?.pathname ?? url;
}
