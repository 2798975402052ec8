import test from "ava";
import type { Figures, ServiceMap } from "../../../../../laptop/console/pages/overview/messages.ts";
import { serviceMap } from "../../../../../laptop/console/pages/overview/service-map.ts";
import type { Segment, Subsegment } from "../../../../../laptop/telemetry/traces/trace.ts";
import { Traffic } from "../../../../../laptop/telemetry/traces/traffic.ts";
import { segmentName } from "../../../../../model/monitoring/tracing.ts";
import type { ServiceName } from "../../../../../model/service-name.ts";
import { perService } from "../../../../../model/services.ts";
import { MONITORING } from "../../../../model/monitored-system.ts";

const task = (name: string, port: number) => ({
  id: `${name}-${port}`,
  status: "RUNNING",
  origin: `http://127.0.0.1:${port}`,
});
const SERVICES = {
  like: { tasks: [task("like", 4001), task("like", 4002)] },
  monolith: { tasks: [task("monolith", 5001)] },
} as const;
const [SOME, OTHER] = SERVICES.like.tasks;
const [MONOLITH] = SERVICES.monolith.tasks;

/** A map and its traffic, just after the start. */
function drawn(): { traffic: Traffic; map: () => ServiceMap } {
  const traffic = new Traffic(
    () => Object.values(SERVICES).flatMap(({ tasks }) => tasks),
    () => 0,
  );
  const observability = { traffic, monitoring: MONITORING };
  const services = { ...perService(() => ({ tasks: [] })), ...SERVICES };
  return { traffic, map: () => serviceMap({ services, tableName: "mysfits", observability }) };
}

/** A traced request of a service, which spends all its time in a call. */
function segment(service: ServiceName, seconds: number, call: Partial<Subsegment>): Segment {
  const times = { id: "0000000000000001", start_time: 100, end_time: 100 + seconds };
  const trace_id = `1-00000000-${"0".repeat(24)}`;
  return { ...times, trace_id, name: segmentName(service), subsegments: [{ ...times, name: "called", ...call }] };
}

function figuresIn({ nodes, edges }: ServiceMap): Map<string, Figures> {
  return new Map([
    ...edges.map(({ from, to, figures }) => [`${from} to ${to}`, figures] as const),
    ...nodes.flatMap(({ id, figures, tasks = [] }) => [
      [id, figures] as const,
      ...tasks.map((each) => [each.id, each.figures] as const),
    ]),
  ]);
}

test("every node, task, and connection has the figures of its requests", (t) => {
  const { traffic, map } = drawn();
  for (let request = 0; request < 100; request += 1) {
    const { origin } = request % 4 === 0 ? SOME : OTHER;
    traffic.route("like", { by: "task", origin, status: request < 10 ? 500 : 200, seconds: 0.2 });
  }
  // One in ten requests is traced.
  for (let request = 0; request < 10; request += 1) {
    const http = { request: { url: `${MONOLITH.origin}/mysfits/1/fulfill-like` } };
    traffic.trace(segment("like", 0.1, { namespace: "remote", http }));
    traffic.trace({ ...segment("monolith", 0.05, { namespace: "aws" }), parent_id: "0000000000000001" });
  }
  const figures = figuresIn(map());
  const lines = [...figures].map(([name, { rate, errors, p50 = Number.NaN, p99 = Number.NaN, estimated }]) => {
    const [share, half, most] = [errors, p50, p99].map((figure) => figure.toPrecision(1));
    return `${name}: ${estimated ? "about " : ""}${Math.round(rate * 60)} in 60 s, ${share} fail, ${half} s, ${most} s`;
  });
  t.deepEqual(lines, [
    "browser to router: 100 in 60 s, 0.1 fail, 0.2 s, 0.2 s",
    "router to like: 100 in 60 s, 0.1 fail, 0.2 s, 0.2 s",
    "router to monolith: 0 in 60 s, 0 fail, NaN s, NaN s",
    "like to monolith: about 100 in 60 s, 0 fail, 0.1 s, 0.1 s",
    "monolith to table: about 100 in 60 s, 0 fail, 0.05 s, 0.05 s",
    "browser: 100 in 60 s, 0.1 fail, 0.2 s, 0.2 s",
    "router: 100 in 60 s, 0.1 fail, 0.2 s, 0.2 s",
    "like: 100 in 60 s, 0.1 fail, 0.2 s, 0.2 s",
    "like-4001: 25 in 60 s, 0.1 fail, 0.2 s, 0.2 s",
    "like-4002: 75 in 60 s, 0.09 fail, 0.2 s, 0.2 s",
    "monolith: about 100 in 60 s, 0 fail, 0.1 s, 0.1 s",
    "monolith-5001: about 100 in 60 s, 0 fail, 0.1 s, 0.1 s",
    "table: about 100 in 60 s, 0 fail, 0.05 s, 0.05 s",
  ]);
});

test("parts without requests are idle, and only figures from traces are estimates", (t) => {
  const { traffic, map } = drawn();
  const idle = figuresIn(map());
  t.deepEqual(
    [...new Set(idle.values().map(({ health, rate, estimated }) => [health, rate, estimated].join()))],
    ["idle,0,false"],
  );
  traffic.route("like", { by: "task", origin: SOME.origin, status: 200, seconds: 0.2 });
  const figures = figuresIn(map());
  t.deepEqual([figures.get("table")?.rate, figures.get("table")?.estimated], [0, true]);
  t.is(figures.get(OTHER.id)?.estimated, false);
});

test("requests that the router rejects do not count as calls between services", (t) => {
  const { traffic, map } = drawn();
  const rate = () => 60 * (figuresIn(map()).get("like to monolith")?.rate ?? 0);
  for (let request = 0; request < 20; request += 1) {
    traffic.route("like", { by: "task", origin: SOME.origin, status: 200, seconds: 0.1 });
  }
  traffic.trace(segment("like", 0.1, { namespace: "remote" }));
  const before = rate();
  for (let request = 0; request < 80; request += 1) {
    traffic.route("like", { by: "router", status: 503, seconds: 0 });
  }
  t.deepEqual([before, rate()].map(Math.round), [20, 20]);
  t.is(figuresIn(map()).get("router to like")?.rate, 100 / 60);
});

test("the rows of a service add up: requests that none of its tasks answered have a row of their own", (t) => {
  const { traffic, map } = drawn();
  const answer = (origin: string) => traffic.route("like", { by: "task", origin, status: 200, seconds: 0.1 });
  answer(SOME.origin);
  t.true(map().nodes.every(({ others }) => others === undefined));
  for (let request = 0; request < 3; request += 1) {
    answer("http://127.0.0.1:9999");
  }
  traffic.route("like", { by: "router", status: 502, seconds: 0.1 });
  for (const url of [`${MONOLITH.origin}/mysfits/1/fulfill-like`, "http://127.0.0.1:9998/mysfits/1/fulfill-like"]) {
    traffic.trace(segment("like", 0.1, { namespace: "remote", http: { request: { url } } }));
  }
  for (const id of ["like", "monolith"]) {
    const { figures, tasks = [], others } = map().nodes.find((node) => node.id === id) ?? t.fail();
    const rows = [...tasks.map((each) => each.figures), ...(others ? [others] : [])];
    const sum = rows.reduce((total, { rate }) => total + rate, 0);
    t.is(Math.round(sum * 60), Math.round(figures.rate * 60), id);
    t.true((others?.rate ?? 0) > 0, id);
  }
});

test("a rate is the number of requests in the past minute, even just after the start", (t) => {
  const { traffic, map } = drawn();
  for (let request = 0; request < 3; request += 1) {
    traffic.route("like", { by: "task", origin: SOME.origin, status: 200, seconds: 0.1 });
  }
  t.is(figuresIn(map()).get("browser to router")?.rate, 3 / 60);
});

test("the p99 of few requests is the slowest", (t) => {
  const { traffic, map } = drawn();
  for (const seconds of [0.1, 9]) {
    traffic.route("like", { by: "task", origin: SOME.origin, status: 200, seconds });
  }
  const { p50 = 0, p99 = 0 } = figuresIn(map()).get(SOME.id) ?? {};
  t.deepEqual([p50.toPrecision(1), p99.toPrecision(1)], ["0.1", "9"]);
});

test("a service without tasks is red, even without requests", (t) => {
  const { traffic } = drawn();
  const services = { ...perService(() => ({ tasks: [] })), ...SERVICES, monolith: { tasks: [] } };
  const { nodes } = serviceMap({ services, tableName: "mysfits", observability: { traffic, monitoring: MONITORING } });
  const health = Object.fromEntries(nodes.map(({ id, figures }) => [id, figures.health]));
  t.like(health, { like: "idle", monolith: "failing" });
});

test("the map turns red at the threshold of the alarm", (t) => {
  const { traffic, map } = drawn();
  const answer = (status: number, seconds: number, { origin } = SOME) =>
    traffic.route("like", { by: "task", origin, status, seconds });
  const health = (name: string) => figuresIn(map()).get(name)?.health;
  answer(200, 0.1);
  t.is(health("like"), "healthy");
  answer(200, 60, OTHER);
  t.is(health(OTHER.id), "degraded");
  t.is(health(SOME.id), "healthy");
  answer(500, 0.1);
  t.is(health(SOME.id), "failing");
  t.is(health("router to like"), "failing");
});
