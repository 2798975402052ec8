import type { Formula, Metric, Percent, Sum } from "./metric.ts";

/** Formulas as CloudWatch metric math: metrics with short IDs, and one expression over these IDs per formula. */
export interface MetricMath {
  readonly metrics: readonly { readonly id: string; readonly metric: Metric }[];
  /** In the order of the formulas. The expression of a plain metric is its ID. */
  readonly expressions: readonly string[];
}

export function metricMath(formulas: readonly Formula[]): MetricMath {
  const ids = new Map<string, { readonly id: string; readonly metric: Metric }>();
  const idOf = (metric: Metric): string => {
    const key = JSON.stringify(metric);
    const known = ids.get(key) ?? { id: `m${ids.size + 1}`, metric };
    ids.set(key, known);
    return known.id;
  };
  const expressions = formulas.map((formula) => expression(formula, idOf));
  return { metrics: [...ids.values()], expressions };
}

// Missing datapoints of counts are filled with 0, because CloudWatch omits a metric without data from the calculation. An alarm
// on a filled metric must evaluate more periods than it requires to breach, because the newest datapoint is often late.
function expression(formula: Formula, idOf: (metric: Metric) => string): string {
  switch (formula.kind) {
    case "metric":
      return idOf(formula);
    case "sum":
      return sum(formula, idOf);
    case "maximum":
      return `MAX([${formula.of.map(idOf).join(", ")}])`;
    case "percent":
      return percent(formula, idOf);
    case "ratio":
      return `${sum(formula.of, idOf)} / ${idOf(formula.per)}`;
    case "when-busy":
      return `IF(${sum(formula.traffic, idOf)} >= ${formula.atLeast}, ${expression(formula.value, idOf)}, 0)`;
  }
}

function sum({ of }: Sum, idOf: (metric: Metric) => string): string {
  return `(${of.map((metric) => `FILL(${idOf(metric)}, 0)`).join(" + ")})`;
}

function percent({ part, of }: Percent, idOf: (metric: Metric) => string): string {
  return `100 * ${sum(part, idOf)} / ${sum(of, idOf)}`;
}
