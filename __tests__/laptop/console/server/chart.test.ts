import test from "ava";
import { MAX_RANGE } from "../../../../laptop/console/pages/dashboard/messages.ts";
import { chartOf, readOnce, type TimeRange } from "../../../../laptop/console/server/chart.ts";
import { requestCounter } from "../../../../laptop/telemetry/metrics/measurements.ts";
import { Metrics } from "../../../../laptop/telemetry/metrics/metrics.ts";
import type { MetricWidget } from "../../../../model/monitoring/dashboard.ts";
import { onCallDashboard } from "../../../../model/monitoring/on-call-dashboard.ts";
import { MONITORING } from "../../../model/monitored-system.ts";

/** A full hour, in epoch seconds. */
const NOON = 1_767_268_800;

function chart(title: string, metrics: Metrics, range: TimeRange) {
  const widgets = onCallDashboard(MONITORING, 10).sections.flatMap((section) => section.widgets);
  const widget = widgets.find(
    (candidate): candidate is MetricWidget => "series" in candidate && candidate.title === title,
  );
  if (widget === undefined) {
    throw new Error(`no chart is called ${title}`);
  }
  return chartOf(widget, range, readOnce(metrics, range), metrics);
}

/** Likes in the second and fourth of four minutes: one of two failed, then none of one. */
function liked(): Metrics {
  const metrics = new Metrics(NOON);
  const count = requestCounter(metrics, MONITORING.services.like.names);
  count({ by: "task", origin: "http://127.0.0.1:1", status: 200, seconds: 0.2 }, (NOON + 60) * 1000);
  count({ by: "task", origin: "http://127.0.0.1:1", status: 404, seconds: 0.2 }, (NOON + 119) * 1000);
  count({ by: "task", origin: "http://127.0.0.1:1", status: 200, seconds: 0.2 }, (NOON + 180) * 1000);
  return metrics;
}

test("a chart has a point per period, and a gap where there is no data", (t) => {
  const { start, period, limit, unit, series } = chart("Failed likes", liked(), { from: NOON, to: NOON + 240 });
  t.like({ start, period, limit, unit }, { start: NOON, period: 60, limit: 5, unit: "%" });
  t.deepEqual(
    series.map(({ label, values }) => [label, values]),
    [["4xx and 5xx", [null, 50, null, 0]]],
  );
  const errors = chart("Failed likes by status", liked(), { from: NOON, to: NOON + 240 });
  t.deepEqual(errors.series[0]?.values, [0, 1, 0, 0], "zero errors are a value, as in CloudWatch");
});

test("a minute without requests has counts of zero, and no latency", (t) => {
  const range = { from: NOON, to: NOON + 240 };
  const numbers = chart("In the last minute", liked(), range).series;
  t.deepEqual(
    numbers.map(({ label, values }) => [label, values]),
    [
      ["requests", [0, 2, 0, 1]],
      ["likes", [0, 2, 0, 1]],
    ],
  );
  const answers = chart("Error responses", liked(), range).series;
  t.deepEqual(
    answers.map(({ values }) => values),
    [
      [0, 1, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ],
  );
  for (const { values } of chart("Like latency", liked(), range).series) {
    t.deepEqual(
      values.map((value) => value !== null),
      [false, true, false, true],
    );
  }
});

test("a period that is not over, or that began before the time range, has no point", (t) => {
  const { start, series } = chart("Failed likes by status", liked(), { from: NOON + 1, to: NOON + 239 });
  t.is(start, NOON + 60);
  t.deepEqual(series[0]?.values, [1, 0]);
});

test("each chart has the period of its metrics", (t) => {
  const { period, series } = chart("Requests in 10 s", liked(), { from: NOON + 60, to: NOON + 130 });
  t.is(period, 10);
  t.deepEqual(series[1]?.values, [1, 0, 0, 0, 0, 1, 0]);
});

test("a chart starts with the first measurement and covers a day at most", (t) => {
  const range = { from: 0, to: NOON + 240 };
  t.is(chart("Failed likes by status", liked(), range).start, NOON);
  t.is(
    chart("Failed likes by status", new Metrics(NOON + 59), range).start,
    NOON,
    "a period that measuring began in counts",
  );
  t.is(chart("Failed likes by status", new Metrics(0), range).series[0]?.values.length, MAX_RANGE / 60);
  t.is(
    chart("Requests in 10 s", new Metrics(0), range).series[0]?.values.length,
    (3 * 3600) / 10,
    "10-second points are kept for less time",
  );
  t.deepEqual(chart("Failed likes by status", new Metrics(NOON), { from: 0, to: NOON - 60 }).series[0]?.values, []);
});

test("a chart names the metrics that are not measured here, and has CloudWatch expressions", (t) => {
  const { metrics, series } = chart("Failed likes", liked(), { from: NOON, to: NOON + 60 });
  t.deepEqual(
    metrics.filter(({ measured }) => !measured).map(({ name, dimensions }) => `${name} ${dimensions.TargetGroup}`),
    ["HTTPCode_Target_4XX_Count green", "HTTPCode_Target_5XX_Count green", "RequestCount green"],
  );
  t.regex(series[0]?.expression ?? "", /^100 \* \(FILL\(m1, 0\) \+ /);
});
