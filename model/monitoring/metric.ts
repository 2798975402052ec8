/** A CloudWatch metric with one statistic and one period. */
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

/** Sum of several metrics. A metric without a datapoint counts as 0, because CloudWatch records no zeros for errors. */
export interface Sum {
  readonly kind: "sum";
  readonly of: readonly Metric[];
}

/** Maximum of several metrics that have a datapoint: no request means no latency, not one of 0 seconds. */
export interface Maximum {
  readonly kind: "maximum";
  readonly of: readonly Metric[];
}

/** Percentage of one sum in another. */
export interface Percent {
  readonly kind: "percent";
  readonly part: Sum;
  readonly of: Sum;
}

/** Quotient, such as requests per task. It has no value when the divisor has no datapoint. */
export interface Ratio {
  readonly kind: "ratio";
  readonly of: Sum;
  readonly per: Metric;
}

/** The value if there is enough traffic for it to be meaningful, or 0. */
export interface WhenBusy {
  readonly kind: "when-busy";
  readonly value: Maximum | Percent;
  readonly traffic: Sum;
  readonly atLeast: number;
}

/** A metric, or a calculation with metrics, for a chart of the dashboard or an alarm. */
export type Formula = Metric | Sum | Maximum | Percent | Ratio | WhenBusy;

/** Computes a formula from the metrics' values of one period; undefined if it has no value. */
export function compute(formula: Formula, at: (metric: Metric) => number | undefined): number | undefined {
  switch (formula.kind) {
    case "metric":
      return at(formula);
    case "sum":
      return total(formula, at);
    case "maximum": {
      const values = formula.of.map(at).filter((value) => value !== undefined);
      return values.length === 0 ? undefined : Math.max(...values);
    }
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
