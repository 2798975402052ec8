import test from "ava";
import { MINUTE } from "../../../../laptop/telemetry/traces/flow.ts";
import type { Segment } from "../../../../laptop/telemetry/traces/trace.ts";
import { Traffic } from "../../../../laptop/telemetry/traces/traffic.ts";
import { segmentName } from "../../../../model/monitoring/tracing.ts";

const [LIKE, OTHER, MONOLITH] = ["http://127.0.0.1:4001", "http://127.0.0.1:4002", "http://127.0.0.1:4003"] as const;
const TASKS = [LIKE, OTHER, MONOLITH].map((origin) => ({ origin }));

/** Traffic of these tasks, with a clock under the test's control. */
function watchTraffic(): { traffic: Traffic; clock: { now: number } } {
  const clock = { now: 50_000 };
  return {
    clock,
    traffic: new Traffic(
      () => TASKS,
      () => clock.now,
    ),
  };
}

/** A like with a call to the monolith of this many seconds. */
function like(
  seconds: number,
  { url = `${MONOLITH}/mysfits/1/fulfill-like`, ...more }: Partial<Segment> = {},
): Segment {
  return {
    id: "0000000000000001",
    trace_id: `1-00000000-${"0".repeat(24)}`,
    name: segmentName("like"),
    start_time: 100,
    end_time: 100 + 2 * seconds,
    subsegments: [
      {
        id: "0000000000000002",
        name: "127.0.0.1",
        namespace: "remote",
        start_time: 100,
        end_time: 100 + seconds,
        http: { request: { url: String(url) } },
      },
    ],
    ...more,
  };
}

test("a throttled request is a failed one, with or without the flag error", (t) => {
  const { traffic } = watchTraffic();
  traffic.trace(like(1, { throttle: true }));
  traffic.trace(like(1, { throttle: true, error: true }));
  traffic.trace(like(1));
  const { requests, failed } = traffic.traced("like", "direct");
  t.deepEqual([requests, failed], [3, 2]);
});

test("counts the requests that a service's tasks answered, and those that the router answered for it", (t) => {
  const { traffic } = watchTraffic();
  traffic.route("like", { by: "task", origin: LIKE, status: 200, seconds: 1 });
  traffic.route("like", { by: "task", origin: LIKE, status: 404, seconds: 1 });
  traffic.route("like", { by: "task", origin: OTHER, status: 200, seconds: 3 });
  traffic.route("like", { by: "router", status: 504, seconds: 60 });
  traffic.route("monolith", { by: "task", origin: MONOLITH, status: 200, seconds: 1 });
  const figures = (task?: string) => {
    const { requests, failed, latency } = traffic.routed("like", task);
    return [requests, failed, Math.round(latency.getValueAtQuantile(1))];
  };
  t.deepEqual(figures(LIKE), [2, 1, 1]);
  t.deepEqual(figures(OTHER), [1, 0, 3]);
  t.is(traffic.routed("like", MONOLITH).requests, 0);
  const [requests, failed, longest] = figures();
  t.deepEqual([requests, failed], [4, 2]);
  t.true((longest ?? 0) > 58, "requests that the router answered count in the latency");
});

test("selects the requests that the router or other tasks than the given ones answered", (t) => {
  const { traffic } = watchTraffic();
  traffic.route("like", { by: "task", origin: LIKE, status: 200, seconds: 1 });
  traffic.route("like", { by: "task", origin: OTHER, status: 200, seconds: 1 });
  traffic.route("like", { by: "router", status: 503, seconds: 0 });
  t.is(traffic.routed("like", { except: [LIKE] }).requests, 2);
  t.is(traffic.routed("like", { except: [LIKE, OTHER] }).requests, 1);
  t.is(traffic.routed("like", { except: [LIKE, OTHER, "router"] }).requests, 0);
});

test("an address is not mistaken for a longer one with the same prefix", (t) => {
  const { traffic } = watchTraffic();
  traffic.route("like", { by: "task", origin: `${LIKE}1`, status: 200, seconds: 1 });
  t.is(traffic.routed("like", LIKE).requests, 0);
  t.is(traffic.routed("like").requests, 1);
});

test("traces yield a service's requests, its calls, and the called task", (t) => {
  const { traffic } = watchTraffic();
  traffic.trace(like(0.5));
  traffic.trace(like(0.5, { fault: true, url: "http://10.0.0.1/elsewhere" }));
  traffic.trace(like(0.5, { name: segmentName("monolith"), parent_id: "0000000000000002" }));
  const { requests, failed, latency } = traffic.traced("like", "direct");
  t.deepEqual([requests, failed, Math.round(latency.getValueAtQuantile(0.5))], [2, 1, 1]);
  t.is(traffic.called("like", "direct", "remote").requests, 2);
  t.is(traffic.called("like", "direct", "remote", MONOLITH).requests, 1);
  t.is(traffic.called("like", "direct", "aws").requests, 0);
  t.is(traffic.traced("monolith", "called").requests, 1);
  t.is(traffic.traced("monolith", "direct").requests, 0);
});

test("segments that are not complete requests of this system's services are not counted", (t) => {
  const { traffic } = watchTraffic();
  traffic.trace(like(0.5, { name: "another service" }));
  traffic.trace(like(0.5, { type: "subsegment" }));
  traffic.trace(like(0.5, { in_progress: true, end_time: undefined }));
  t.is(traffic.traced("like", "direct").requests, 0);
  t.is(traffic.called("like", "direct", "remote").requests, 0);
});

test("a clock change does not distort the latency", (t) => {
  const { traffic } = watchTraffic();
  traffic.trace(like(-100));
  traffic.trace(like(Number.MAX_VALUE));
  const { latency } = traffic.called("like", "direct", "remote");
  t.is(latency.getValueAtQuantile(0), 0);
  t.true(latency.getValueAtQuantile(1) < 100_000);
});

test("requests are dropped after a minute", (t) => {
  const { traffic, clock } = watchTraffic();
  traffic.route("like", { by: "task", origin: LIKE, status: 200, seconds: 1 });
  clock.now += MINUTE / 2;
  traffic.route("like", { by: "task", origin: OTHER, status: 200, seconds: 1 });
  clock.now += MINUTE / 2;
  t.is(traffic.routed("like").requests, 1);
  clock.now += 10 * MINUTE;
  t.is(traffic.routed("like").requests, 0);
});
