import { basename } from "node:path";
import { type Alarm, type Comparison, fires, type Reading, runbookPage } from "../../../model/monitoring/alarm.ts";
import { compute, type WhenBusy } from "../../../model/monitoring/metric.ts";
import type { Monitoring } from "../../../model/monitoring/monitoring.ts";
import type { Observability } from "../../telemetry/observability.ts";
import { quantity } from "../parts/format.ts";
import type { AlarmState } from "../parts/messages.ts";

/** An alarm's period in milliseconds. */
const PERIOD = 60_000;

const COMPARISONS: Readonly<Record<Comparison, string>> = {
  ">": "above",
  ">=": "at or above",
  "<": "below",
  "<=": "at or below",
};

/** Returns a function that evaluates all alarms. @param since start of the runner; there is no data from before it */
export function alarmStates(
  { monitoring, metrics }: Pick<Observability, "monitoring" | "metrics">,
  since = Date.now(),
): () => readonly AlarmState[] {
  return () => {
    const reading = metrics.reading();
    const now = Date.now();
    const measured = Math.floor((now - since) / PERIOD);
    const hasReading = now - (now % PERIOD) > since;
    return monitoring.alarms.map((alarm) => stateOf(alarm, monitoring, reading, { measured, hasReading }));
  };
}

interface Data {
  /** Number of periods since the runner started. */
  readonly measured: number;
  /** False while the newest complete period ended before the runner started. A sum would be 0 for it. */
  readonly hasReading: boolean;
}

function stateOf(alarm: Alarm, monitoring: Monitoring, reading: Reading, { measured, hasReading }: Data): AlarmState {
  const { name, title, meaning, firstStep, severity, comparison, threshold, unit = "", periods, datapoints } = alarm;
  const gate = alarm.value.kind === "when-busy" ? alarm.value : undefined;
  const traffic = gate && trafficOf(gate, monitoring, reading);
  // The alarm counts 0 while there is too little traffic. People see the real value.
  const value = hasReading ? compute(gate?.value ?? alarm.value, (metric) => reading(metric, 0)) : undefined;
  const early = alarm.missing === "breaching" && measured <= alarm.periods;
  return {
    name,
    title,
    meaning,
    firstStep,
    severity,
    state: early ? "unknown" : fires(alarm, reading) ? "firing" : "ok",
    condition: [
      `${COMPARISONS[comparison]} ${quantity(threshold, unit)} in ${datapoints} of ${periods} min`,
      ...(traffic ? [`with ${traffic.needed} ${traffic.noun} or more`] : []),
    ].join(" "),
    runbook: basename(runbookPage(alarm), ".md"),
    queries: Object.values(monitoring.queries)
      .map((query) => query.name)
      .filter((query) => firstStep.includes(query)),
    ...(unit && { unit }),
    ...(value !== undefined && { value }),
    ...(traffic && { traffic }),
  };
}

function trafficOf({ traffic, atLeast }: WhenBusy, { services }: Monitoring, reading: Reading): AlarmState["traffic"] {
  return {
    count: compute(traffic, (metric) => reading(metric, 0)) ?? 0,
    needed: atLeast,
    noun: traffic === services.like.metrics.requests ? "likes" : "requests",
  };
}
