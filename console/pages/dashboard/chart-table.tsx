import type { Chart, ChartMetric } from "../../messages/dashboard.ts";
import { digits } from "../../parts/format.ts";

/** Rows, the newest: whoever wants to see a day looks at the chart. */
const MOST = 180;

/** A chart for those who would rather read it, and what exactly it draws. */
export function ChartTable({ chart }: { readonly chart: Chart }) {
  const { title, start, period, series, unit, metrics } = chart;
  const points = series[0]?.values.length ?? 0;
  const rows = Array.from({ length: Math.min(points, MOST) }, (_, ago) => points - 1 - ago);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it with the keys
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
        <caption>What is drawn, as CloudWatch has it</caption>
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
  const whose = Object.entries(dimensions).map(([dimension, value]) => `${dimension}=${value}`);
  return `${statistic} of ${namespace} ${name} {${whose.join(", ")}}`;
}
