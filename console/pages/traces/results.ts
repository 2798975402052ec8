import { computed, signal } from "@preact/signals";
import { call } from "../../call.ts";
import { topic } from "../../live.ts";
import type { FoundTraces, TraceRow } from "../../messages/traces.ts";
import { follow } from "../../parts/follow.ts";
import { beginningOf, minutesIn } from "../../parts/time-range.tsx";
import { place } from "../../route.ts";

/** What is looked for, as the address has it. */
export interface Question {
  readonly filter: string;
  readonly order: "newest" | "slowest";
  /** Everything that is kept when left out. */
  readonly minutes: number | undefined;
}

/** Traces that a tab keeps in its list. */
const MOST = 300;

const state = topic("traces");

export const question = computed<Question>(() => questionIn(place.value.query));
export const results = signal<FoundTraces | undefined>(undefined);
export const problem = signal<unknown>(undefined);
/** Whether new traces come in by themselves. */
export const live = signal(true);

/** Searches anew whenever the question changes, and goes on with what comes in. @returns what ends it */
export function followQuestion(): () => void {
  return follow({
    question: () => JSON.stringify(question.value),
    behind: () => (state.value?.revision ?? 0) > (results.value?.revision ?? Infinity),
    ask: search,
    results,
    problem,
    live,
  });
}

async function search(more: boolean, signal: AbortSignal): Promise<void> {
  const { filter, order, minutes } = question.value;
  const before = more ? results.value : undefined;
  const from = beginningOf(minutes);
  const found = await call("GET /api/traces", { filter, order, from, after: before?.revision }, signal);
  results.value = before ? joined(before, found, order) : found;
}

/** A trace of which more has come stands for what it was before. */
function joined(before: FoundTraces, found: FoundTraces, order: Question["order"]): FoundTraces {
  const rows = new Map<string, TraceRow>(before.traces.map((row) => [row.id, row]));
  const known = rows.size;
  for (const row of found.traces) {
    rows.set(row.id, row);
  }
  const sorted = [...rows.values()].sort((one, other) =>
    order === "newest" ? other.start - one.start : other.duration - one.duration,
  );
  return {
    revision: found.revision,
    matched: before.matched + rows.size - known + Math.max(0, found.matched - found.traces.length),
    traces: sorted.slice(0, MOST),
  };
}

function questionIn(query: URLSearchParams): Question {
  return {
    filter: query.get("filter") ?? "",
    order: query.get("order") === "slowest" ? "slowest" : "newest",
    minutes: minutesIn(query),
  };
}
