import { useMemo, useState } from "preact/hooks";
import { quantity } from "../../parts/format.ts";
import { LineChart } from "../../parts/line-chart.tsx";
import { ChartTable } from "./chart-table.tsx";
import type { Chart } from "./messages.ts";

interface ChartWidgetProps {
  readonly chart: Chart;
  /** Epoch seconds. */
  readonly from: number;
  readonly to: number;
}

/** Key of the cursor that all charts share. */
const SYNC = "dashboard";

export function ChartWidget({ chart, from, to }: ChartWidgetProps) {
  const [asTable, setAsTable] = useState(false);
  const { title, metrics } = chart;
  const missing = metrics.filter(({ measured }) => !measured);
  return (
    <>
      <header>
        <h3>{title}</h3>
        <span class="muted" title={statisticsOf(chart)}>
          {statisticsOf(chart)}
        </span>
        <button
          type="button"
          class="plain"
          aria-pressed={asTable}
          aria-label={`${title} as a table`}
          onClick={() => setAsTable(!asTable)}
        >
          Table
        </button>
      </header>
      {missing.length === metrics.length ? (
        <p class="notice">
          Not measured on this machine:{" "}
          {[...new Set(missing.map(({ namespace, name }) => `${namespace} ${name}`))].join(", ")}
        </p>
      ) : asTable ? (
        <ChartTable chart={chart} />
      ) : chart.kind === "number" ? (
        <Numbers chart={chart} />
      ) : (
        <Lines chart={chart} from={from} to={to} />
      )}
    </>
  );
}

/** Statistics and period, for example `Sum · 1 min`. */
function statisticsOf({ metrics, period }: Chart): string {
  const statistics = [...new Set(metrics.map(({ statistic }) => statistic))];
  return `${statistics.join(", ")} · ${period % 60 === 0 ? `${period / 60} min` : `${period} s`}`;
}

function Lines({ chart, from, to }: ChartWidgetProps) {
  const { title, start, period, series, unit, limit } = chart;
  // Includes the time before the first measurement, without values.
  const [times, lines] = useMemo(() => {
    const before = Math.max(0, Math.floor((start - from) / period));
    const points = before + (series[0]?.values.length ?? 0);
    return [
      Array.from({ length: points }, (_, point) => start + (point - before) * period),
      series.map(({ label, values }) => ({ label, values: [...Array<null>(before).fill(null), ...values] })),
    ] as const;
  }, [chart, from]);
  return (
    <LineChart
      label={`${title}: ${series.map(({ label, values }) => `${label} ${latest(values, unit)}`).join(", ")}`}
      times={times}
      lines={lines}
      unit={unit}
      limit={limit}
      height={140}
      range={[from, to]}
      sync={SYNC}
    />
  );
}

function Numbers({ chart: { series, unit } }: { readonly chart: Chart }) {
  return (
    <dl class="numbers">
      {series.map(({ label, values }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{latest(values, unit)}</dd>
        </div>
      ))}
    </dl>
  );
}

function latest(values: readonly (number | null)[], unit: string): string {
  const value = values.at(-1);
  return value === undefined || value === null ? "–" : quantity(value, unit);
}
