import { computed, effect, signal } from "@preact/signals";
import { call } from "../../call.ts";
import { topic } from "../../live.ts";
import type { FoundTraces, TraceRow } from "../../messages/traces.ts";
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

/** Milliseconds without a key before a search begins. */
const TYPING = 250;

const state = topic("traces");

export const question = computed<Question>(() => questionIn(place.value.query));
export const results = signal<FoundTraces | undefined>(undefined);
export const problem = signal<unknown>(undefined);
/** Whether new traces come in by themselves. */
export const live = signal(true);

/** Searches anew whenever the question changes, and goes on with what comes in. @returns what ends it */
export function followQuestion(): () => void {
  let running = new AbortController();
  let busy = false;
  let asked = "";

  const ask = async (now: Question, before: FoundTraces | undefined, signal: AbortSignal) => {
    busy = true;
    try {
      const from = now.minutes === undefined ? undefined : Date.now() - now.minutes * 60_000;
      const found = await call("GET /api/traces", { ...now, from, after: before?.revision }, signal);
      results.value = before ? joined(before, found, now) : found;
      problem.value = undefined;
    } catch (error) {
      if (!signal.aborted) {
        problem.value = error;
      }
    } finally {
      if (!signal.aborted) {
        busy = false;
      }
    }
  };

  const stopFollowing = effect(() => {
    const now = question.value;
    const key = JSON.stringify(now);
    if (key !== asked) {
      const wait = asked === "" ? 0 : TYPING;
      asked = key;
      running.abort();
      running = new AbortController();
      const { signal } = running;
      busy = true;
      const timer = setTimeout(() => ask(now, undefined, signal), wait);
      signal.addEventListener("abort", () => clearTimeout(timer));
      return;
    }
    const before = results.value;
    const fresh = before !== undefined && (state.value?.revision ?? 0) > before.revision;
    if (fresh && live.value && !busy && problem.value === undefined) {
      ask(now, before, running.signal);
    }
  });
  return () => {
    stopFollowing();
    running.abort();
    results.value = undefined;
    problem.value = undefined;
    live.value = true;
  };
}

/** A trace of which more has come stands for what it was before. */
function joined(before: FoundTraces, found: FoundTraces, { order }: Question): FoundTraces {
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
  const range = query.get("range") ?? "15";
  return {
    filter: query.get("filter") ?? "",
    order: query.get("order") === "slowest" ? "slowest" : "newest",
    minutes: range === "all" ? undefined : Number(range) || 15,
  };
}
