import { digits } from "../../parts/format.ts";
import type { Chart, ChartMetric } from "./messages.ts";

/** Maximum number of rows shown, newest first. */
const MAX_ROWS = 180;

/** A chart as a table, with the metrics and expressions behind it. */
export function ChartTable({ chart }: { readonly chart: Chart }) {
  const { title, start, period, series, unit, metrics } = chart;
  const points = series[0]?.values.length ?? 0;
  const rows = Array.from({ length: Math.min(points, MAX_ROWS) }, (_, ago) => points - 1 - ago);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls with the keyboard
    <section class="scrolled" aria-label={`${title} as a table`} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            {series.map(({ label }) => (
              <th key={label} scope="col" class="number">
                {label} {unit && `(${unit})`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((point) => (
            <tr key={start + point * period}>
              <th scope="row">{new Date((start + point * period) * 1000).toLocaleTimeString("en-GB")}</th>
              {series.map(({ label, values }) => {
                const value = values[point];
                return (
                  <td key={label} class="number">
                    {value === null || value === undefined ? "–" : digits(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>CloudWatch metrics and expressions</caption>
        <tbody>
          {metrics.map((metric) => (
            <tr key={metric.id}>
              <th scope="row">{metric.id}</th>
              <td>
                {nameOf(metric)} <span class="muted">{metric.measured ? "" : "not measured on this machine"}</span>
              </td>
            </tr>
          ))}
          {series.map(({ label, expression }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>
                <code>{expression}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function nameOf({ namespace, name, dimensions, statistic }: ChartMetric): string {
  const pairs = Object.entries(dimensions).map(([dimension, value]) => `${dimension}=${value}`);
  return `${statistic} of ${namespace} ${name} {${pairs.join(", ")}}`;
}
