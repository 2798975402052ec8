import type { Direction, StepPolicy, TargetTracking } from "../scaling.ts";
import type { Condition } from "./alarm.ts";
import type { Metric, Ratio, Sum } from "./metric.ts";
import type { ServiceMetrics } from "./service.ts";

/** The alarm that triggers a step policy, on the requests of all target groups of the service. */
export function stepAlarm(direction: Direction, { threshold, minutes }: StepPolicy, requests: Sum): Condition {
  // The requests of the newest minute may not have arrived yet and then count as zero. One more period is evaluated, which
  // must neither prevent scaling out nor cause scaling in.
  const periods = minutes + 1;
  return direction === "out"
    ? { value: requests, comparison: ">=", threshold, periods, datapoints: minutes, missing: "notBreaching" }
    : { value: requests, comparison: "<=", threshold, periods, datapoints: periods, missing: "breaching" };
}

/** The per-task metric that target tracking keeps near its target. */
export function trackedMetric(
  { kind }: TargetTracking,
  { cpu, requests, runningTasks }: ServiceMetrics,
): Metric | Ratio {
  return kind === "cpu" ? cpu : { kind: "ratio", of: requests, per: runningTasks };
}
