import test from "ava";
import fc from "fast-check";
import { requestCounter } from "../../../../laptop/telemetry/metrics/measurements.ts";
import { Metrics } from "../../../../laptop/telemetry/metrics/metrics.ts";
import { fires } from "../../../../model/monitoring/alarm.ts";
import { compute, type Formula, type Metric, type Statistic } from "../../../../model/monitoring/metric.ts";
import { alarmNamed, MONITORING } from "../../../model/monitored-system.ts";

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

test("keeps every statistic in periods of ten seconds and of a minute", (t) => {
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

test("nearest-rank percentiles have an error of at most 2%, over one or several periods", (t) => {
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
        const exact = values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] as number;
        return found !== undefined && Math.abs(found.value - exact) <= 0.0201 * exact;
      },
    ),
  );
  t.pass();
});

for (const [likes, slow, p99] of [
  [20, 1, 5],
  [40, 1, 5],
  [99, 1, 5],
  [100, 1, 0.02],
  [100, 2, 5],
  [40, 2, 5],
  [1, 1, 5],
  [2, 1, 5],
] as const) {
  test(`p99 of ${likes} likes with ${slow} slow: ${p99} s, and the alarm follows it`, (t) => {
    const metrics = new Metrics();
    const count = requestCounter(metrics, MONITORING.services.like.names);
    for (let minute = 0; minute < 5; minute += 1) {
      for (let like = 0; like < likes; like += 1) {
        const seconds = like < slow ? 5 : 0.02;
        count({ by: "task", origin: "http://127.0.0.1:1", status: 200, seconds }, (NOON + 60 * minute) * 1000);
      }
    }
    const [latency] = MONITORING.services.like.metrics.latency("p99").of;
    const [found] = metrics.values(latency as Metric, NOON, NOON + 60);
    t.true(found !== undefined && Math.abs(found.value - p99) <= 0.02 * p99, JSON.stringify(found));
    t.is(fires(alarmNamed("like-latency"), metrics.reading(NOON + 301)), likes >= 20 && p99 > 1);
  });
}

test("a series without percentiles reports none", (t) => {
  const metrics = new Metrics();
  metrics.series(metric("Sum")).record(1, NOON * 1000);
  t.deepEqual(metrics.values(metric("p50"), NOON, NOON + 60), []);
});

test("keeps three hours of fine points and a day of coarse ones, even if the clock is set", (t) => {
  const metrics = new Metrics();
  const series = metrics.series(metric("Sum"));
  const end = NOON + 2 * 24 * 3600;
  for (let second = NOON; second < end; second += 10) {
    series.record(1, second * 1000);
  }
  const starts = (period: number) => metrics.values(metric("Sum", period), 0, end * 2).map(({ start }) => start);
  t.deepEqual([starts(10).length, starts(10)[0]], [1080, end - 3 * 3600]);
  t.deepEqual([starts(60).length, starts(60)[0]], [1440, end - 24 * 3600]);
  // Back two days, which are no longer stored, then back an hour, and forward again.
  series.record(1, NOON * 1000);
  t.deepEqual([starts(60).length, starts(60)[0]], [1440, end - 24 * 3600]);
  series.record(1, (end - 3600) * 1000);
  series.record(1, end * 1000);
  t.deepEqual([starts(60).length, starts(60)[0]], [1440, end - 24 * 3600 + 60]);
});

test("requests appear in the metrics of the dashboard and the alarms", (t) => {
  const metrics = new Metrics();
  const {
    services: { like, monolith },
    loadBalancer,
  } = MONITORING;
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
  t.is(value(like.metrics.requests), 6, "all except the one without a healthy task");
  t.is(value(like.metrics.requestsIn10s), 6);
  t.is(value(like.metrics.clientErrors), 1);
  t.is(value(like.metrics.errors), 1);
  t.is(value(monolith.metrics.requests), 1);
  t.is(value(loadBalancer.metrics.requestsPerMinute), 7);
  t.is(value(loadBalancer.metrics.requests), 7);
  t.is(value(loadBalancer.metrics.serviceErrors), 2);
  t.is(value(loadBalancer.metrics.serviceClientErrors), 1);
  t.is(value(loadBalancer.metrics.ownErrors), 2);
  t.is(value(loadBalancer.metrics.errorShare), 400 / 9, "2 and 2 errors of 7 requests and 2 own answers");
  const p50 = value(like.metrics.latency("p50")) ?? t.fail();
  t.true(Math.abs(p50 - 0.2) < 0.01, String(p50));
  t.is(value(like.metrics.latency("Maximum")), 0.3);
});

test("alarms evaluate the measured values", (t) => {
  const metrics = new Metrics();
  const count = requestCounter(metrics, MONITORING.services.like.names);
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
