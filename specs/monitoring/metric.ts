/** A figure that CloudWatch keeps, seen through one statistic over one period. */
export interface Metric {
  readonly kind: "metric";
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
  /** Seconds. */
  readonly period: number;
}

export type Statistic = "Average" | "Maximum" | "Minimum" | "SampleCount" | "Sum" | `p${number}`;

/** Several metrics added up. One that has no point counts as zero: CloudWatch keeps no zeros of errors. */
export interface Sum {
  readonly kind: "sum";
  readonly of: readonly Metric[];
}

/** The highest of several metrics; one that has no point counts as zero. */
export interface Highest {
  readonly kind: "highest";
  readonly of: readonly Metric[];
}

/** How many in a hundred. */
export interface Percent {
  readonly kind: "percent";
  readonly part: Sum;
  readonly of: Sum;
}

/** So many for each, such as requests for each task. It has no value at a moment when nobody counted the latter. */
export interface Ratio {
  readonly kind: "ratio";
  readonly of: Sum;
  readonly per: Metric;
}

/** The value while there is enough traffic to mean something by it, and zero otherwise. */
export interface WhenBusy {
  readonly kind: "when-busy";
  readonly value: Highest | Percent;
  readonly traffic: Sum;
  readonly atLeast: number;
}

/** What a line of the dashboard shows and an alarm watches: a metric, or the little arithmetic that ours need. */
export type Formula = Metric | Sum | Highest | Percent | Ratio | WhenBusy;

/** Value of a formula at one moment, from the metrics' values at that moment; undefined when there is none. */
export function compute(formula: Formula, at: (metric: Metric) => number | undefined): number | undefined {
  switch (formula.kind) {
    case "metric":
      return at(formula);
    case "sum":
      return total(formula, at);
    case "highest":
      return Math.max(...formula.of.map((metric) => at(metric) ?? 0));
    case "percent": {
      const whole = total(formula.of, at);
      return whole === 0 ? undefined : (100 * total(formula.part, at)) / whole;
    }
    case "ratio": {
      const per = at(formula.per);
      return per ? total(formula.of, at) / per : undefined;
    }
    case "when-busy":
      return total(formula.traffic, at) >= formula.atLeast ? (compute(formula.value, at) ?? 0) : 0;
  }
}

function total({ of }: Sum, at: (metric: Metric) => number | undefined): number {
  return of.reduce((sum, metric) => sum + (at(metric) ?? 0), 0);
}
