import { computed, signal } from "@preact/signals";
import { call } from "../../browser/call.ts";
import { channel } from "../../browser/events.ts";
import { route } from "../../browser/router.ts";
import { liveSearch } from "../../parts/live-search.ts";
import { minutesIn, startOf } from "../../parts/time-range.tsx";
import type { FoundTraces, TraceRow } from "./messages.ts";

/** Search criteria in the address of the page. */
export interface Criteria {
  readonly filter: string;
  readonly order: "newest" | "slowest";
  /** Undefined for all traces that are kept. */
  readonly minutes: number | undefined;
}

/** Maximum number of traces in a tab's list. */
const MAX_TRACES = 300;

const state = channel("traces");

export const criteria = computed<Criteria>(() => criteriaIn(route.value.query));
export const results = signal<FoundTraces | undefined>(undefined);
export const problem = signal<unknown>(undefined);
/** True while new traces are added to the list. */
export const live = signal(true);

/** Searches whenever the criteria change, and adds new results. @returns a function that stops it */
export function startSearch(): () => void {
  return liveSearch({
    criteria: () => JSON.stringify(criteria.value),
    outdated: () => (state.value?.revision ?? 0) > (results.value?.revision ?? Infinity),
    search,
    results,
    problem,
    live,
  });
}

async function search(more: boolean, signal: AbortSignal): Promise<void> {
  const { filter, order, minutes } = criteria.value;
  const before = more ? results.value : undefined;
  const from = startOf(minutes);
  const found = await call("GET /api/traces", { filter, order, from, after: before?.revision }, signal);
  results.value = before ? merge(before, found, order) : found;
}

/** Adds new traces, replaces those that have changed, and removes those that no longer match. */
function merge(before: FoundTraces, found: FoundTraces, order: Criteria["order"]): FoundTraces {
  const rows = new Map<string, TraceRow>(before.traces.map((row) => [row.id, row]));
  for (const row of found.traces) {
    rows.set(row.id, row);
  }
  for (const id of found.left) {
    rows.delete(id);
  }
  const sorted = [...rows.values()].sort((one, other) =>
    order === "newest" ? other.start - one.start : other.duration - one.duration,
  );
  return {
    ...found,
    matched: before.matched + found.matched,
    traces: sorted.slice(0, MAX_TRACES),
  };
}

function criteriaIn(query: URLSearchParams): Criteria {
  return {
    filter: query.get("filter") ?? "",
    order: query.get("order") === "slowest" ? "slowest" : "newest",
    minutes: minutesIn(query),
  };
}
