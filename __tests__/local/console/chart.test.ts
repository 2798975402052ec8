import test from "ava";
import { chartOf, LONGEST_SPAN, readOnce, type Span } from "../../../local/console/chart.ts";
import { requestCounter } from "../../../local/metrics/measurements.ts";
import { Metrics } from "../../../local/metrics/metrics.ts";
import type { MetricWidget } from "../../../specs/monitoring/dashboard.ts";
import { onCallDashboard } from "../../../specs/monitoring/on-call-dashboard.ts";
import { WATCHED } from "../../specs/watched-system.ts";

/** A full hour, in seconds since 1970. */
const NOON = 1_767_268_800;

function chart(title: string, metrics: Metrics, span: Span) {
  const widgets = onCallDashboard(WATCHED).sections.flatMap((section) => section.widgets);
  const widget = widgets.find(
    (candidate): candidate is MetricWidget => "series" in candidate && candidate.title === title,
  );
  if (widget === undefined) {
    throw new Error(`no chart is called ${title}`);
  }
  return chartOf(widget, span, readOnce(metrics, span), metrics);
}

/** Likes in the second and the fourth of four minutes: one of two failed, then none of one. */
function liked(): Metrics {
  const metrics = new Metrics(NOON);
  const count = requestCounter(metrics, WATCHED.like.names);
  count({ by: "task", origin: "http://127.0.0.1:1", status: 200, seconds: 0.2 }, (NOON + 60) * 1000);
  count({ by: "task", origin: "http://127.0.0.1:1", status: 404, seconds: 0.2 }, (NOON + 119) * 1000);
  count({ by: "task", origin: "http://127.0.0.1:1", status: 200, seconds: 0.2 }, (NOON + 180) * 1000);
  return metrics;
}

test("a chart has a point for each period, and none where nothing was to be measured", (t) => {
  const { start, period, limit, unit, series } = chart("Likes that fail", liked(), { from: NOON, to: NOON + 240 });
  t.like({ start, period, limit, unit }, { start: NOON, period: 60, limit: 5, unit: "%" });
  t.deepEqual(
    series.map(({ label, values }) => [label, values]),
    [["4xx and 5xx", [null, 50, null, 0]]],
  );
  const errors = chart("Likes that are errors", liked(), { from: NOON, to: NOON + 240 });
  t.deepEqual(errors.series[0]?.values, [0, 1, 0, 0], "no error is no gap, as in CloudWatch");
});

test("a period that is not over, or began before the span, has no point", (t) => {
  const { start, series } = chart("Likes that are errors", liked(), { from: NOON + 1, to: NOON + 239 });
  t.is(start, NOON + 60);
  t.deepEqual(series[0]?.values, [1, 0]);
});

test("each chart has the periods of its own metrics", (t) => {
  const { period, series } = chart("Requests in 10 s", liked(), { from: NOON + 60, to: NOON + 130 });
  t.is(period, 10);
  t.deepEqual(series[1]?.values, [1, 0, 0, 0, 0, 1, 0]);
});

test("nothing is drawn of the time before the measuring began, nor of more than a day", (t) => {
  const span = { from: 0, to: NOON + 240 };
  t.is(chart("Likes that are errors", liked(), span).start, NOON);
  t.is(chart("Likes that are errors", new Metrics(NOON + 59), span).start, NOON, "what began in a period is in it");
  t.is(chart("Likes that are errors", new Metrics(0), span).series[0]?.values.length, LONGEST_SPAN / 60);
  t.is(
    chart("Requests in 10 s", new Metrics(0), span).series[0]?.values.length,
    (3 * 3600) / 10,
    "fine points are kept for less",
  );
  t.deepEqual(chart("Likes that are errors", new Metrics(NOON), { from: 0, to: NOON - 60 }).series[0]?.values, []);
});

test("what is not measured here is told by name, and the arithmetic as CloudWatch has it", (t) => {
  const { metrics, series } = chart("Likes that fail", liked(), { from: NOON, to: NOON + 60 });
  t.deepEqual(
    metrics.filter(({ measured }) => !measured).map(({ name, dimensions }) => `${name} ${dimensions.TargetGroup}`),
    ["HTTPCode_Target_4XX_Count green", "HTTPCode_Target_5XX_Count green", "RequestCount green"],
  );
  t.regex(series[0]?.expression ?? "", /^100 \* \(FILL\(m1, 0\) \+ /);
});
