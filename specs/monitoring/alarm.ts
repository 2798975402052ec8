import { compute, type Formula, type Metric } from "./metric.ts";

/** When to wake or tell somebody, and what to say. */
export interface Alarm {
  /** Also the name of its page in the runbook. */
  readonly name: string;
  readonly title: string;
  readonly value: Formula;
  readonly comparison: Comparison;
  readonly threshold: number;
  /** How many periods are looked at, and how many of them must be beyond the threshold. */
  readonly periods: number;
  readonly datapoints: number;
  /** What a period without a value counts as. */
  readonly missing: "breaching" | "notBreaching";
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
 * Whether the alarm fires on these values. It looks at exactly the alarm's periods, where CloudWatch may reach further
 * back when points are missing; both agree once every point has come in.
 */
export function fires(alarm: Alarm, reading: Reading): boolean {
  let beyond = 0;
  for (let ago = 0; ago < alarm.periods; ago++) {
    const value = compute(alarm.value, (metric) => reading(metric, ago));
    if (value === undefined ? alarm.missing === "breaching" : compare(value, alarm)) {
      beyond++;
    }
  }
  return beyond >= alarm.datapoints;
}

/** The words that go with an alarm wherever it is shown. */
export function describeAlarm({ name, meaning, firstLook }: Alarm): string {
  return `${meaning} First: ${firstLook} Runbook: ${runbookPage(name)}`;
}

export function runbookPage(name: string): string {
  return `docs/runbook/${name}.md`;
}

function compare(value: number, { comparison, threshold }: Alarm): boolean {
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
