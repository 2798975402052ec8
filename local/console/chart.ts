import type { Chart } from "../../console/messages/dashboard.ts";
import type { MetricWidget } from "../../specs/monitoring/dashboard.ts";
import { compute, type Formula, type Metric } from "../../specs/monitoring/metric.ts";
import { metricMath } from "../../specs/monitoring/metric-math.ts";
import type { Metrics } from "../metrics/metrics.ts";

/** Seconds since 1970; the end is excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Seconds: what is asked for beyond a day before the end has long been forgotten. */
export const LONGEST_SPAN = 24 * 3600;

/** Seconds in which everything that is measured at all has been measured once. */
const SETTLING = 60;

/** The figures of a widget in the periods that begin in a span of time and are over. */
export function chartOf(widget: MetricWidget, { from, to }: Span, valuesOf: ValuesOf, metrics: Metrics): Chart {
  const { kind, title, unit, limit, series } = widget;
  const math = metricMath(series.map(({ value }) => value));
  const period = Math.min(...math.metrics.map(({ metric }) => metric.period));
  const since = metrics.since(period, to);
  const asked = Math.ceil(Math.max(from, to - LONGEST_SPAN) / period) * period;
  // What began in the middle of a period has its first figures in it.
  const start = Math.max(asked, Math.floor(since / period) * period);
  const settling = to < since + SETTLING;
  const count = Math.max(0, Math.floor((to - start) / period));
  return {
    kind,
    title,
    unit,
    limit,
    period,
    start,
    series: series.map(({ label, value }, index) => ({
      label,
      expression: math.expressions[index] as string,
      values: Array.from({ length: count }, (_, point) => rounded(valueAt(value, start + point * period, valuesOf))),
    })),
    metrics: math.metrics.map(({ id, metric: { kind, ...metric } }) => ({
      id,
      ...metric,
      measured: settling || metrics.has(metric),
    })),
  };
}

/** A metric's values by the start of their periods. */
export type ValuesOf = (metric: Metric) => ReadonlyMap<number, number>;

/** Reads each metric of a span once, however many widgets draw it. */
export function readOnce(metrics: Metrics, { from, to }: Span): ValuesOf {
  const read = new Map<string, ReadonlyMap<number, number>>();
  return (metric) => {
    const key = JSON.stringify(metric);
    const known = read.get(key);
    if (known) {
      return known;
    }
    // A longer period than its neighbours' may have begun before the span.
    const begun = from - metric.period;
    const values = new Map(metrics.values(metric, begun, to).map(({ start, value }) => [start, value]));
    read.set(key, values);
    return values;
  };
}

/** A day of figures is long enough without digits that nobody sees. */
function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1e5) / 1e5;
}

function valueAt(formula: Formula, time: number, valuesOf: ValuesOf): number | undefined {
  return compute(formula, (metric) => valuesOf(metric).get(time - (time % metric.period)));
}
