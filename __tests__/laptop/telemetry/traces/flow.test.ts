import test from "ava";
import fc from "fast-check";
import { percentile } from "../../../../laptop/telemetry/metrics/percentile.ts";
import {
  ACCURACY,
  combine,
  extrapolate,
  Flow,
  type FlowTotals,
  MINUTE,
} from "../../../../laptop/telemetry/traces/flow.ts";

const NOW = 1_000_000;

/** A flow of successful requests with these durations, in seconds. */
function flowOf(seconds: readonly number[]): FlowTotals {
  const flow = new Flow();
  for (const each of seconds) {
    flow.record(each, false, NOW);
  }
  return flow.pastMinute(NOW);
}

function near(value: number, expected: number): boolean {
  return Math.abs(value - expected) <= ACCURACY * expected + 1e-9;
}

test("reports the requests of the past minute, the failed ones, and their percentiles", (t) => {
  const flow = new Flow();
  for (let index = 1; index <= 1_000; index += 1) {
    flow.record(index / 1_000, index % 10 === 0, NOW + 50 * index);
  }
  const { requests, failed, latency } = flow.pastMinute(NOW + MINUTE - 5_000);
  t.is(requests, 1_000);
  t.is(failed, 100);
  t.true(near(latency.getValueAtQuantile(0.5), 0.5));
  t.true(near(latency.getValueAtQuantile(0.99), 0.99));
});

test("drops requests after a minute, and is then idle", (t) => {
  const flow = new Flow();
  t.true(flow.isSilent(NOW));
  flow.record(1, true, NOW);
  flow.record(2, false, NOW + MINUTE / 2);
  t.is(flow.pastMinute(NOW + MINUTE - 5_000).requests, 2);
  const later = flow.pastMinute(NOW + MINUTE);
  t.deepEqual([later.requests, later.failed], [1, 0]);
  t.false(flow.isSilent(NOW + MINUTE));
  t.true(flow.isSilent(NOW + 2 * MINUTE));
  t.is(flow.pastMinute(NOW + 2 * MINUTE).requests, 0);
});

test("percentiles stay within the shortest and the longest request, even for an extrapolated sample", (t) => {
  const flow = flowOf(Array(200).fill(0.99));
  for (const { latency } of [flow, extrapolate(flow, 3), combine(flow, extrapolate(flow, 1.5))]) {
    t.deepEqual(
      [0.01, 0.5, 0.99, 1].map((share) => percentile(latency, share)),
      Array(4).fill(0.99),
    );
  }
});

test("an extrapolated sample keeps its percentiles, and none is missing", (t) => {
  const seconds = fc.array(fc.double({ min: 0.001, max: 100, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(seconds, fc.double({ min: 1, max: 20, noNaN: true }), (values, factor) => {
      const sample = flowOf(values);
      const { latency } = extrapolate(sample, factor);
      const sorted = values.toSorted((one, other) => one - other);
      for (const share of [0.01, 0.5, 0.9, 0.99, 1]) {
        const nearest = sorted[Math.ceil(Number((share * sorted.length).toFixed(6))) - 1] as number;
        t.true(near(percentile(sample.latency, share), nearest), `${share} of the sample`);
        t.true(near(percentile(latency, share), nearest), `${share} of ${factor} times the sample`);
      }
    }),
  );
});

test("two flows combined equal one flow with all requests", (t) => {
  const seconds = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(seconds, seconds, (some, others) => {
      const [two, one] = [combine(flowOf(some), flowOf(others)), flowOf([...some, ...others])];
      return (
        two.requests === one.requests &&
        [0.5, 0.99].every((share) => near(two.latency.getValueAtQuantile(share), one.latency.getValueAtQuantile(share)))
      );
    }),
  );
  t.pass();
});

test("an extrapolated sample counts as the number of requests that it represents, even when combined with others", (t) => {
  const counted = flowOf(Array.from({ length: 60 }, () => 1));
  const sampled = flowOf([0, ...Array.from({ length: 9 }, () => 0.1)]);
  t.is(combine(counted, sampled).latency.getValueAtQuantile(0.5), counted.latency.getValueAtQuantile(0.5));
  const whole = extrapolate(sampled, 10);
  t.is(Math.round(whole.requests), 100);
  t.is(whole.latency.getValueAtQuantile(0), 0);
  t.true(near(combine(counted, whole).latency.getValueAtQuantile(0.5), 0.1));
});
