import type { ScenarioResult } from "../scenario-result.ts";
import type { Period } from "../simulation.ts";
import { LANES, type Lane } from "./rows.ts";
import type { Scale } from "./scale.ts";
import { element, text } from "./svg.ts";

const HEIGHT = 15;

export const LANES_HEIGHT = HEIGHT * LANES.length;

/** Draws alarms and scaling limits as bars. @param lefts left edge of each result */
export function drawLanes(top: number, lefts: readonly number[], x: Scale, results: readonly ScenarioResult[]): string {
  const [label = 0] = lefts;
  return LANES.map((lane, index) => {
    const y = top + index * HEIGHT;
    const bars = results.map(({ simulation }, column) => drawLane(lane, simulation.periods, lefts[column] ?? 0, y, x));
    return text(label - 8, y + 11, lane.label, "tick", "end") + bars.join("");
  }).join("");
}

function drawLane({ kind, when }: Lane, periods: readonly Period[], left: number, top: number, x: Scale): string {
  const [, end = 0] = x.domain();
  return timeRanges(periods, when)
    .filter(([from]) => from < end)
    .map(([from, to]) => {
      const width = Math.max(1, x(Math.min(to, end)) - x(from));
      return element("rect", { class: `bar ${kind}`, x: left + x(from), y: top + 2, width, height: HEIGHT - 5, rx: 2 });
    })
    .join("");
}

function timeRanges(periods: readonly Period[], when: (period: Period) => boolean): [from: number, to: number][] {
  const joined: [number, number][] = [];
  for (const { start, end } of periods.filter(when)) {
    const last = joined.at(-1);
    const next = end + (end - start);
    if (last && last[1] >= end) {
      last[1] = next;
    } else {
      joined.push([end, next]);
    }
  }
  return joined;
}
