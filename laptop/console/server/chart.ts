import type { MetricWidget } from "../../../model/monitoring/dashboard.ts";
import { compute, type Formula, type Metric } from "../../../model/monitoring/metric.ts";
import { metricMath } from "../../../model/monitoring/metric-math.ts";
import type { Metrics } from "../../telemetry/metrics/metrics.ts";
import { type Chart, MAX_RANGE } from "../pages/dashboard/messages.ts";

/** Epoch seconds. The end is exclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Seconds after the start until every metric of this machine has a first value. */
const SETTLING = 60;

/** Values of a widget in the complete periods that begin within a time range. */
export function chartOf(widget: MetricWidget, { from, to }: TimeRange, valuesOf: ValuesOf, metrics: Metrics): Chart {
  const { kind, title, unit, limit, series } = widget;
  const math = metricMath(series.map(({ value }) => value));
  const period = Math.min(...math.metrics.map(({ metric }) => metric.period));
  const since = metrics.since(period, to);
  const requested = Math.ceil(Math.max(from, to - MAX_RANGE) / period) * period;
  // Measuring may have started in the middle of a period, which already has values.
  const start = Math.max(requested, Math.floor(since / period) * period);
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

/** Reads each metric of a time range once, even if several widgets draw it. */
export function readOnce(metrics: Metrics, { from, to }: TimeRange): ValuesOf {
  const read = new Map<string, ReadonlyMap<number, number>>();
  return (metric) => {
    const key = JSON.stringify(metric);
    const known = read.get(key);
    if (known) {
      return known;
    }
    // A long period may begin before the time range.
    const values = new Map(metrics.values(metric, from - metric.period, to).map(({ start, value }) => [start, value]));
    read.set(key, values);
    return values;
  };
}

/** Five decimal places: a response holds a day of values, and a chart shows no more digits. */
function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1e5) / 1e5;
}

function valueAt(formula: Formula, time: number, valuesOf: ValuesOf): number | undefined {
  return compute(formula, (metric) => valuesOf(metric).get(time - (time % metric.period)));
}
