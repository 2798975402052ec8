import { compute, type Formula, type Metric } from "./metric.ts";

/** The part of an alarm that decides when it fires. */
export interface Condition {
  readonly value: Formula;
  readonly comparison: Comparison;
  readonly threshold: number;
  /** Unit of the value and the threshold; omitted for counts. */
  readonly unit?: "%" | "s" | "ms" | "MB";
  /** Number of evaluated periods, and how many of them must breach the threshold. */
  readonly periods: number;
  readonly datapoints: number;
  /** Treatment of a period without a value. */
  readonly missing: "breaching" | "notBreaching";
}

/** A condition that pages or notifies, with the text that goes with it. */
export interface Alarm extends Condition {
  /** The alarm's name, and that of its runbook page unless `runbook` gives another. */
  readonly name: string;
  readonly title: string;
  /** Meaning, in one sentence. */
  readonly meaning: string;
  /** First step for the on-call engineer, in one sentence. */
  readonly firstStep: string;
  /** `page` wakes someone, because visitors are affected; `notify` only sends a notification. */
  readonly severity: "page" | "notify";
  /** Page in docs/runbook; if omitted, the page with the alarm's name. */
  readonly runbook?: string;
}

export type Comparison = ">" | ">=" | "<" | "<=";

/** Returns a metric's value a number of periods ago, 0 for the newest complete period; undefined without a datapoint. */
export type Reading = (metric: Metric, periodsAgo: number) => number | undefined;

/**
 * Periods before the evaluated ones that an alarm reads when data is missing. AWS documents no formula, only that the
 * "evaluation range" is longer than the evaluation periods; all of its examples read two more.
 */
const EXTRA_PERIODS = 2;

/** Number of periods that {@link fires} reads. */
export function evaluationRange({ periods }: Condition): number {
  return periods + EXTRA_PERIODS;
}

/**
 * True if an alarm on the condition is in the ALARM state with these values. Existing datapoints of the evaluation range,
 * newest first, are used before any missing one is filled in.
 * Source: "Configuring how CloudWatch alarms treat missing data" in the CloudWatch User Guide.
 */
export function fires(condition: Condition, reading: Reading): boolean {
  const { periods, datapoints, missing } = condition;
  const values = Array.from({ length: evaluationRange(condition) }, (_, ago) =>
    compute(condition.value, (metric) => reading(metric, ago)),
  )
    .filter((value) => value !== undefined)
    .slice(0, periods);
  const breaching = values.filter((value) => compare(value, condition)).length;
  const filled = missing === "breaching" ? periods - values.length : 0;
  return breaching + filled >= datapoints;
}

/** Returns the description that accompanies an alarm in CloudWatch and in the console. */
export function alarmDescription(alarm: Alarm): string {
  const { meaning, firstStep } = alarm;
  return `${meaning} First: ${firstStep} Runbook: ${runbookPage(alarm)}`;
}

/** Path of an alarm's page in the runbook. */
export function runbookPage({ name, runbook = name }: Pick<Alarm, "name" | "runbook">): string {
  return `docs/runbook/${runbook}.md`;
}

function compare(value: number, { comparison, threshold }: Condition): boolean {
  switch (comparison) {
    case ">":
      return value > threshold;
    case ">=":
      return value >= threshold;
    case "<":
      return value < threshold;
    case "<=":
      return value <= threshold;
  }
}
