import { computed, signal } from "@preact/signals";
import { call } from "../../browser/call.ts";
import { channel } from "../../browser/events.ts";
import { route } from "../../browser/router.ts";
import { liveSearch } from "../../parts/live-search.ts";
import { minutesIn, startOf } from "../../parts/time-range.tsx";
import { levelIn } from "./level-menu.tsx";
import type { FoundLines, LogLine } from "./messages.ts";

/** Bar lengths of the histogram, in milliseconds. */
const BARS = [1_000, 5_000, 15_000] as const;

const MAX_BAR = 60_000;

/** Maximum number of bars that can be told apart in a narrow window. */
const MAX_BARS = 60;

/** Search criteria in the address of the page. */
export interface Criteria {
  readonly search: string;
  readonly level: number | undefined;
  readonly minutes: number | undefined;
  /** Epoch milliseconds, both or neither. They take precedence over the minutes. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly healthChecks: boolean;
}

export interface Results {
  readonly lines: readonly LogLine[];
  readonly bars: ReadonlyMap<number, Counts>;
  /** Milliseconds per bar. */
  readonly bar: number;
  readonly matched: number;
  readonly next: number;
  /** True if the server has older matching lines. */
  readonly more: boolean;
}

/** Debug, info, warnings, errors. */
export type Counts = readonly [number, number, number, number];

/** Maximum number of lines in a tab's list. A narrower search finds older ones. */
const MAX_LINES = 10_000;

const state = channel("logs");

export const criteria = computed<Criteria>(() => criteriaIn(route.value.query));
export const results = signal<Results | undefined>(undefined);
export const problem = signal<unknown>(undefined);
/** True while new lines are added to the list. */
export const live = signal(true);

/** Number of lines received since the tail was paused. */
export const missed = computed(() =>
  live.value || !results.value || !state.value ? 0 : Math.max(0, state.value.next - results.value.next),
);

/** Searches whenever the criteria change, and adds new results. @returns a function that stops it */
export function startSearch(): () => void {
  return liveSearch({
    criteria: () => JSON.stringify(criteria.value),
    outdated: () => criteria.value.to === undefined && (state.value?.next ?? 0) > (results.value?.next ?? Infinity),
    search,
    results,
    problem,
    live,
  });
}

async function search(more: boolean, signal: AbortSignal): Promise<void> {
  const now = criteria.value;
  const before = more ? results.value : undefined;
  const bar = before?.bar ?? barOf(now);
  const found = await call("GET /api/logs", { ...timeRangeOf(now), after: before && before.next - 1, bar }, signal);
  results.value = before ? merge(before, found) : { ...found, bar, bars: new Map(found.bars) };
}

/** Loads older lines at the end of the list. */
export async function loadOlder(): Promise<void> {
  const before = results.value;
  const oldest = before?.lines.at(-1);
  if (!before?.more || oldest === undefined || before.lines.length >= MAX_LINES) {
    return;
  }
  results.value = { ...before, more: false };
  const { lines, more } = await call("GET /api/logs", { ...timeRangeOf(criteria.value), before: oldest.number });
  const now = results.value;
  if (now.lines.at(-1)?.number === oldest.number) {
    results.value = { ...now, lines: [...now.lines, ...lines], more };
  }
}

function barOf({ minutes, from = 0, to = from + (minutes ?? Infinity) * 60_000 }: Criteria): number {
  return BARS.find((bar) => to - from <= MAX_BARS * bar) ?? MAX_BAR;
}

function merge(before: Results, found: FoundLines): Results {
  if (found.lines.length === 0) {
    return { ...before, next: found.next };
  }
  const bars = new Map(before.bars);
  for (const [start, counts] of found.bars) {
    const [debug, info, warn, error] = bars.get(start) ?? [0, 0, 0, 0];
    bars.set(start, [debug + counts[0], info + counts[1], warn + counts[2], error + counts[3]]);
  }
  // More lines arrived than a response holds. The list restarts with the newest, because a gap would be misleading.
  const lines = found.more ? found.lines : [...found.lines, ...before.lines].slice(0, MAX_LINES);
  return {
    ...before,
    lines,
    bars,
    matched: before.matched + found.matched,
    next: found.next,
    more: found.more || before.more || lines.length === MAX_LINES,
  };
}

function criteriaIn(query: URLSearchParams): Criteria {
  return {
    search: query.get("q") ?? "",
    level: levelIn(query),
    minutes: minutesIn(query),
    ...selectionIn(query),
    healthChecks: query.get("health") === "1",
  };
}

/** The times that were selected in the histogram, if the query has both and one is before the other. */
function selectionIn(query: URLSearchParams): Pick<Criteria, "from" | "to"> {
  const [from, to] = [timeIn(query, "from"), timeIn(query, "to")];
  return from < to ? { from, to } : { from: undefined, to: undefined };
}

/** Epoch milliseconds, or NaN if it is no time. */
function timeIn(query: URLSearchParams, name: string): number {
  return new Date(Number(query.get(name) ?? Number.NaN)).getTime();
}

function timeRangeOf({ minutes, from, to, ...rest }: Criteria) {
  if (from !== undefined && to !== undefined) {
    return { ...rest, from, to };
  }
  return { ...rest, from: startOf(minutes) };
}
