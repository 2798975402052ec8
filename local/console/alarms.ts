import type { AlarmState } from "../../console/messages.ts";
import { type Alarm, type Comparison, fires, type Reading } from "../../specs/monitoring/alarm.ts";
import { compute } from "../../specs/monitoring/metric.ts";
import type { Observability } from "../observability.ts";

/** Milliseconds of a period of an alarm. */
const PERIOD = 60_000;

const SIDES: Readonly<Record<Comparison, string>> = { ">": "above", ">=": "from", "<": "below", "<=": "up to" };

/** How all alarms stand, at any moment. What is missing from before the runner was there is nobody's alarm. */
export function watchAlarms(
  { watched, metrics }: Pick<Observability, "watched" | "metrics">,
  since = Date.now(),
): () => readonly AlarmState[] {
  return () => {
    const reading = metrics.reading();
    const periods = Math.floor((Date.now() - since) / PERIOD);
    return watched.alarms.map((alarm) => stateOf(alarm, reading, periods));
  };
}

/** @param known number of periods for which there has been a runner to measure anything */
function stateOf(alarm: Alarm, reading: Reading, known: number): AlarmState {
  const { name, title, meaning, firstLook, pages, comparison, threshold, unit, periods, datapoints } = alarm;
  const value = compute(alarm.value, (metric) => reading(metric, 0));
  const early = alarm.missing === "breaching" && known <= alarm.periods;
  return {
    name,
    title,
    meaning,
    firstLook,
    pages,
    state: early ? "unknown" : fires(alarm, reading) ? "firing" : "ok",
    condition: `${SIDES[comparison]} ${threshold}${unit ? ` ${unit}` : ""} in ${datapoints} of ${periods} min`,
    ...(unit && { unit }),
    ...(value !== undefined && { value }),
  };
}
