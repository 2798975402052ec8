import test from "ava";
import fc from "fast-check";
import { requestCounter } from "../../../local/metrics/measurements.ts";
import { Metrics } from "../../../local/metrics/metrics.ts";
import { fires } from "../../../specs/monitoring/alarm.ts";
import { compute, type Formula, type Metric, type Statistic } from "../../../specs/monitoring/metric.ts";
import { alarmNamed, WATCHED } from "../../specs/watched-system.ts";

/** A full hour, in seconds since 1970. */
const NOON = 1_767_268_800;

const metric = (statistic: Statistic, period = 60): Metric => ({
  kind: "metric",
  namespace: "Mysfits",
  name: "Hats",
  dimensions: { Of: "Pauly" },
  statistic,
  period,
});

test("keeps each statistic of what was measured, in periods of ten seconds and of a minute", (t) => {
  const metrics = new Metrics();
  const series = metrics.series(metric("p50"));
  for (const [second, value] of [
    [0, 3],
    [9, 1],
    [10, 5],
    [59.999, 7],
    [60, 100],
  ] as const) {
    series.record(value, (NOON + second) * 1000);
  }
  const values = (statistic: Statistic, period?: number) =>
    metrics.values(metric(statistic, period), NOON, NOON + 120).map(({ start, value }) => [start - NOON, value]);
  t.deepEqual(values("Sum"), [
    [0, 16],
    [60, 100],
  ]);
  t.deepEqual(values("SampleCount"), [
    [0, 4],
    [60, 1],
  ]);
  t.deepEqual(values("Average"), [
    [0, 4],
    [60, 100],
  ]);
  t.deepEqual(values("Minimum"), [
    [0, 1],
    [60, 100],
  ]);
  t.deepEqual(values("Maximum"), [
    [0, 7],
    [60, 100],
  ]);
  t.deepEqual(values("Sum", 10), [
    [0, 4],
    [10, 5],
    [50, 7],
    [60, 100],
  ]);
  t.deepEqual(values("Sum", 30), [
    [0, 9],
    [30, 7],
    [60, 100],
  ]);
  t.deepEqual(values("Sum", 300), [[0, 116]]);
  t.deepEqual(metrics.values(metric("Sum"), NOON + 60, NOON + 120).length, 1);
  t.deepEqual(metrics.values({ ...metric("Sum"), dimensions: {} }, NOON, NOON + 120), []);
  t.throws(() => metrics.values(metric("Sum", 15), NOON, NOON + 60), {
    message: "period is 15: expected a multiple of 10 seconds",
  });
});

test("percentiles are off by 2 % at most, over one period or several", (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.0001, max: 60, noNaN: true }), { minLength: 1, maxLength: 300 }),
      fc.constantFrom<readonly [Statistic, number]>(["p50", 0.5], ["p90", 0.9], ["p99", 0.99]),
      (values, [statistic, share]) => {
        const metrics = new Metrics();
        const series = metrics.series(metric("p99"));
        for (const [index, value] of values.entries()) {
          series.record(value, (NOON + index) * 1000);
        }
        const [found] = metrics.values(metric(statistic, 600), NOON, NOON + 600);
        const exact = values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] as number;
        return found !== undefined && Math.abs(found.value - exact) <= 0.0201 * exact;
      },
    ),
  );
  t.pass();
});

test("percentiles of what keeps none are not made up", (t) => {
  const metrics = new Metrics();
  metrics.series(metric("Sum")).record(1, NOON * 1000);
  t.deepEqual(metrics.values(metric("p50"), NOON, NOON + 60), []);
});

test("keeps three hours of fine points and a day of coarse ones, whatever the clock does", (t) => {
  const metrics = new Metrics();
  const series = metrics.series(metric("Sum"));
  const end = NOON + 2 * 24 * 3600;
  for (let second = NOON; second < end; second += 10) {
    series.record(1, second * 1000);
  }
  const starts = (period: number) => metrics.values(metric("Sum", period), 0, end * 2).map(({ start }) => start);
  t.deepEqual([starts(10).length, starts(10)[0]], [1080, end - 3 * 3600]);
  t.deepEqual([starts(60).length, starts(60)[0]], [1440, end - 24 * 3600]);
  // Two days back, for which there is no room, then an hour, and forth again.
  series.record(1, NOON * 1000);
  t.deepEqual([starts(60).length, starts(60)[0]], [1440, end - 24 * 3600]);
  series.record(1, (end - 3600) * 1000);
  series.record(1, end * 1000);
  t.deepEqual([starts(60).length, starts(60)[0]], [1440, end - 24 * 3600 + 60]);
});

test("requests are found where the dashboard and the alarms look for them", (t) => {
  const metrics = new Metrics();
  const { like, monolith, loadBalancer } = WATCHED;
  const likes = requestCounter(metrics, like.names);
  const others = requestCounter(metrics, monolith.names);
  const at = NOON * 1000;
  likes({ by: "task", origin: "http://127.0.0.1:1", status: 200, seconds: 0.1 }, at);
  likes({ by: "task", origin: "http://127.0.0.1:1", status: 200, seconds: 0.3 }, at);
  likes({ by: "task", origin: "http://127.0.0.1:1", status: 404, seconds: 0.2 }, at);
  likes({ by: "task", origin: "http://127.0.0.1:1", status: 500, seconds: 0.2 }, at);
  likes({ by: "router", status: 502, seconds: 0.1 }, at);
  likes({ by: "router", status: 503, seconds: 0.1 }, at);
  likes({ by: "router", status: 460, seconds: 0.1 }, at);
  others({ by: "task", origin: "http://127.0.0.1:1", status: 503, seconds: 3 }, at);

  const value = (formula: Formula) => compute(formula, (each) => metrics.values(each, NOON, NOON + 60)[0]?.value);
  t.is(value(like.metrics.requests), 6, "all but the one that found no task");
  t.is(value(like.metrics.requestsIn10s), 6);
  t.is(value(like.metrics.refusals), 1);
  t.is(value(like.metrics.errors), 1);
  t.is(value(monolith.metrics.requests), 1);
  t.is(value(loadBalancer.metrics.requestsPerMinute), 7);
  t.is(value(loadBalancer.metrics.requests), 7);
  t.is(value(loadBalancer.metrics.serviceErrors), 2);
  t.is(value(loadBalancer.metrics.serviceRefusals), 1);
  t.is(value(loadBalancer.metrics.ownErrors), 2);
  t.is(value(loadBalancer.metrics.errorShare), 400 / 9, "2 and 2 errors of 7 requests and 2 own answers");
  const p50 = value(like.metrics.latency("p50")) ?? t.fail();
  t.true(Math.abs(p50 - 0.2) < 0.01, String(p50));
  t.is(value(like.metrics.latency("Maximum")), 0.3);
});

test("alarms are judged by what was measured", (t) => {
  const metrics = new Metrics();
  const count = requestCounter(metrics, WATCHED.like.names);
  for (let minute = 0; minute < 5; minute += 1) {
    for (let request = 0; request < 30; request += 1) {
      const slow = minute >= 2 && request < 2;
      count(
        { by: "task", origin: "http://127.0.0.1:1", status: 200, seconds: slow ? 2 : 0.05 },
        (NOON + minute * 60 + request) * 1000,
      );
    }
  }
  const firesAt = (minute: number) => fires(alarmNamed("like-latency"), metrics.reading(NOON + minute * 60 + 30));
  t.deepEqual([firesAt(4), firesAt(5), firesAt(7), firesAt(8)], [false, true, true, false]);
  t.false(fires(alarmNamed("like-errors"), metrics.reading(NOON + 330)));
});
