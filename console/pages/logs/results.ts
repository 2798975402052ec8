import { computed, signal } from "@preact/signals";
import { call } from "../../call.ts";
import { topic } from "../../live.ts";
import type { FoundLines, LogLine } from "../../messages/logs.ts";
import { follow } from "../../parts/follow.ts";
import { beginningOf, minutesIn } from "../../parts/time-range.tsx";
import { place } from "../../route.ts";

/** Milliseconds that a bar of the histogram can stand for. */
const BARS = [1_000, 5_000, 15_000] as const;

const LONGEST_BAR = 60_000;

/** Bars of a span of time that can be told apart in a narrow window. */
const MOST_BARS = 60;

/** What is looked for, as the address has it. */
export interface Question {
  readonly search: string;
  readonly level: number | undefined;
  readonly minutes: number | undefined;
  /** Milliseconds since 1970, both or none; they go before the minutes. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly healthChecks: boolean;
}

export interface Results {
  readonly lines: readonly LogLine[];
  readonly bars: ReadonlyMap<number, Counts>;
  /** Milliseconds of a bar. */
  readonly bar: number;
  readonly matched: number;
  readonly next: number;
  /** Whether older lines can be asked for. */
  readonly more: boolean;
}

/** Debug, info, warnings, errors. */
export type Counts = readonly [number, number, number, number];

/** Lines that a tab keeps; whoever wants to see older ones searches for them. */
const MOST_LINES = 10_000;

const state = topic("logs");

export const question = computed<Question>(() => questionIn(place.value.query));
export const results = signal<Results | undefined>(undefined);
export const problem = signal<unknown>(undefined);
/** Whether new lines come in by themselves. */
export const live = signal(true);

/** Lines that have come since the tail was paused. */
export const missed = computed(() =>
  live.value || !results.value || !state.value ? 0 : Math.max(0, state.value.next - results.value.next),
);

/** Searches anew whenever the question changes, and goes on with what comes in. @returns what ends it */
export function followQuestion(): () => void {
  return follow({
    question: () => JSON.stringify(question.value),
    behind: () => question.value.to === undefined && (state.value?.next ?? 0) > (results.value?.next ?? Infinity),
    ask: search,
    results,
    problem,
    live,
  });
}

async function search(more: boolean, signal: AbortSignal): Promise<void> {
  const now = question.value;
  const before = more ? results.value : undefined;
  const bar = before?.bar ?? barOf(now);
  const found = await call("GET /api/logs", { ...spanOf(now), after: before && before.next - 1, bar }, signal);
  results.value = before ? joined(before, found) : { ...found, bar, bars: new Map(found.bars) };
}

/** Adds older lines at the end. */
export async function loadOlder(): Promise<void> {
  const before = results.value;
  const oldest = before?.lines.at(-1);
  if (!before?.more || oldest === undefined || before.lines.length >= MOST_LINES) {
    return;
  }
  results.value = { ...before, more: false };
  const { lines, more } = await call("GET /api/logs", { ...spanOf(question.value), before: oldest.number });
  const now = results.value;
  if (now.lines.at(-1)?.number === oldest.number) {
    results.value = { ...now, lines: [...now.lines, ...lines], more };
  }
}

function barOf({ minutes, from = 0, to = from + (minutes ?? Infinity) * 60_000 }: Question): number {
  return BARS.find((bar) => to - from <= MOST_BARS * bar) ?? LONGEST_BAR;
}

function joined(before: Results, found: FoundLines): Results {
  if (found.lines.length === 0) {
    return { ...before, next: found.next };
  }
  const bars = new Map(before.bars);
  for (const [start, counts] of found.bars) {
    const [debug, info, warn, error] = bars.get(start) ?? [0, 0, 0, 0];
    bars.set(start, [debug + counts[0], info + counts[1], warn + counts[2], error + counts[3]]);
  }
  // More came than one answer holds: what lies between would be missing, so the list begins anew with the newest.
  const lines = found.more ? found.lines : [...found.lines, ...before.lines].slice(0, MOST_LINES);
  return {
    ...before,
    lines,
    bars,
    matched: before.matched + found.matched,
    next: found.next,
    more: found.more || before.more || lines.length === MOST_LINES,
  };
}

function questionIn(query: URLSearchParams): Question {
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  return {
    search: query.get("q") ?? "",
    level: number("level"),
    minutes: minutesIn(query),
    from: number("from"),
    to: number("to"),
    healthChecks: query.get("health") === "1",
  };
}

function spanOf({ minutes, from, to, ...rest }: Question) {
  if (from !== undefined && to !== undefined) {
    return { ...rest, from, to };
  }
  return { ...rest, from: beginningOf(minutes) };
}
