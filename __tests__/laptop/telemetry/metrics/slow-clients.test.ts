import test from "ava";
import { requestCounter } from "../../../../laptop/telemetry/metrics/measurements.ts";
import { Metrics } from "../../../../laptop/telemetry/metrics/metrics.ts";
import { Traffic } from "../../../../laptop/telemetry/traces/traffic.ts";
import { compute } from "../../../../model/monitoring/metric.ts";
import { MONITORING } from "../../../model/monitored-system.ts";

/** The start of a minute, in epoch milliseconds. */
const MINUTE = 1_767_268_800_000;

const LIKE = { by: "task", origin: "http://127.0.0.1:1", status: 200, seconds: 0.1 } as const;
const SLOW_CLIENT = { by: "router", status: 408, seconds: 10 } as const;
const GONE_CLIENT = { by: "router", status: 460, seconds: 1 } as const;

test("unfinished requests of slow clients do not count as failed likes", (t) => {
  const { names, metrics: formulas } = MONITORING.services.like;
  const metrics = new Metrics(MINUTE / 1000);
  const count = requestCounter(metrics, names);
  count(LIKE, MINUTE);
  for (let client = 0; client < 100; client += 1) {
    count(SLOW_CLIENT, MINUTE);
  }
  const at = MINUTE / 1000;
  const share = compute(formulas.failedShare, (metric) => metrics.values(metric, at, at + 60)[0]?.value);
  t.is(share, 0);
  t.is(
    compute(formulas.requests, (metric) => metrics.values(metric, at, at + 60)[0]?.value),
    1,
  );
});

test("likes that the client abandons do not count as failed", (t) => {
  const { names, metrics: formulas } = MONITORING.services.like;
  const metrics = new Metrics(MINUTE / 1000);
  const count = requestCounter(metrics, names);
  count(LIKE, MINUTE);
  count(GONE_CLIENT, MINUTE);
  const at = MINUTE / 1000;
  t.is(
    compute(formulas.failedShare, (metric) => metrics.values(metric, at, at + 60)[0]?.value),
    0,
  );
});

test("requests that clients do not finish or wait for do not change the map", (t) => {
  const traffic = new Traffic(() => []);
  traffic.route("like", LIKE);
  traffic.route("like", SLOW_CLIENT);
  traffic.route("like", GONE_CLIENT);
  const { requests, failed } = traffic.routed("like");
  t.deepEqual([requests, failed], [1, 0]);
});
