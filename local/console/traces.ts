import { z } from "zod";
import type { FoundTraces, TraceRow, TraceSearch } from "../../console/messages/traces.ts";
import { Refusal } from "../../service/shared/refusal.ts";
import { ODD_LIKES } from "../../specs/monitoring/tracing.ts";
import { Slices } from "../slices.ts";
import { durationOf, type Trace } from "../traces/trace.ts";
import { readTraceFilter } from "../traces/trace-filter.ts";
import type { TraceStore } from "../traces/trace-store.ts";
import { answer } from "./answer.ts";
import type { Notebook } from "./notebook.ts";
import type { ObservedSystem, PagePart } from "./page.ts";

/** Traces of one answer. */
const MOST_ROWS = 300;

const number = z.coerce.number();

const search = z.object({
  filter: z.string().max(2_000),
  order: z.enum(["newest", "slowest"]),
  from: number.optional(),
  after: number.optional(),
});

export function traces({ observability }: ObservedSystem, notebook: Notebook): PagePart {
  const store = observability.traces;
  return {
    topics: [{ name: "traces", every: 500, look: () => ({ revision: store.revision, size: store.size }) }],
    routes(router) {
      answer(router, "GET /api/traces", search, async (asked, signal) => {
        const found = await find(store, asked, signal);
        if (asked.filter !== "") {
          notebook.filtered(asked, found.traces);
        }
        return found;
      });
      answer(router, "GET /api/traces/groups", z.object({}), () => [ODD_LIKES]);
      answer(router, "GET /api/trace", z.object({ id: z.string() }), ({ id }) => {
        const trace = store.get(id);
        if (trace === undefined) {
          throw new Refusal(
            404,
            `trace ${id} is not here: its request was not sampled, or it has made room for newer ones`,
          );
        }
        notebook.opened(trace);
        return trace;
      });
    },
  };
}

async function find(
  store: TraceStore,
  { filter, order, from = 0, after = 0 }: TraceSearch,
  signal: AbortSignal,
): Promise<FoundTraces> {
  const fits = readTraceFilter(filter);
  const slices = new Slices(signal);
  const { revision } = store;
  let rows: TraceRow[] = [];
  let matched = 0;
  for (const id of store.changedSince(after)) {
    const trace = store.get(id);
    // What was called is told of before those who called it: such a trace is nobody's to judge yet.
    if (trace && trace.segments.length > 0 && fits(trace)) {
      const row = rowOf(trace);
      if (row.start >= from) {
        matched += 1;
        rows.push(row);
      }
    }
    if (rows.length > 2 * MOST_ROWS) {
      rows = first(rows, order);
    }
    if (slices.over) {
      await slices.giveWay();
    }
  }
  return { traces: first(rows, order), matched, revision };
}

function first(rows: readonly TraceRow[], order: "newest" | "slowest"): TraceRow[] {
  return rows
    .toSorted((one, other) => (order === "newest" ? other.start - one.start : other.duration - one.duration))
    .slice(0, MOST_ROWS);
}

function rowOf(trace: Trace): TraceRow {
  const { id, segments } = trace;
  const [root] = segments;
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
        : segments.some(({ in_progress }) => in_progress)
          ? "unfinished"
          : "ok",
  };
}

function pathOf(url: string): string {
  return URL.parse(url)?.pathname ?? url;
}
