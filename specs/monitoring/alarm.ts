import { compute, type Formula, type Metric } from "./metric.ts";

/** When something is as it should not be. */
export interface Condition {
  readonly value: Formula;
  readonly comparison: Comparison;
  readonly threshold: number;
  /** What value and threshold are in; left out where things are counted. */
  readonly unit?: "%" | "s" | "ms" | "MB";
  /** How many periods are looked at, and how many of them must be beyond the threshold. */
  readonly periods: number;
  readonly datapoints: number;
  /** What a period without a value counts as. */
  readonly missing: "breaching" | "notBreaching";
}

/** When to wake or tell somebody, and what to say. */
export interface Alarm extends Condition {
  /** Also the name of its page in the runbook. */
  readonly name: string;
  readonly title: string;
  /** What it means, in a sentence. */
  readonly meaning: string;
  /** What to do first, in a sentence. */
  readonly firstLook: string;
  /** True when visitors feel it, so that somebody gets up. Other alarms only send a notification. */
  readonly pages: boolean;
}

export type Comparison = ">" | ">=" | "<" | "<=";

/** A metric's value a number of periods ago, the newest complete one being 0; undefined when there is none. */
export type Reading = (metric: Metric, periodsAgo: number) => number | undefined;

/**
 * Whether an alarm on the condition fires on these values. It looks at exactly the condition's periods, where
 * CloudWatch may reach further back when points are missing; both agree once every point has come in.
 */
export function fires(condition: Condition, reading: Reading): boolean {
  let beyond = 0;
  for (let ago = 0; ago < condition.periods; ago++) {
    const value = compute(condition.value, (metric) => reading(metric, ago));
    if (value === undefined ? condition.missing === "breaching" : compare(value, condition)) {
      beyond++;
    }
  }
  return beyond >= condition.datapoints;
}

/** The words that go with an alarm wherever it is shown. */
export function describeAlarm({ name, meaning, firstLook }: Alarm): string {
  return `${meaning} First: ${firstLook} Runbook: ${runbookPage(name)}`;
}

function runbookPage(name: string): string {
  return `docs/runbook/${name}.md`;
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
