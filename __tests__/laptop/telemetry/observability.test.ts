import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import test, { type ExecutionContext } from "ava";
import type { Program } from "../../../laptop/system/processes/program.ts";
import { StartError } from "../../../laptop/system/start.ts";
import { type System, startSystem } from "../../../laptop/system.ts";
import { type Observability, withoutObservability } from "../../../laptop/telemetry/observability.ts";
import type { Metric } from "../../../model/monitoring/metric.ts";
import { defineServices } from "../../../model/services.ts";
import { SIDECARS } from "../../../model/sidecars.ts";
import { until } from "../../until.ts";
import { dataFolder, discardOutput, EVANGELINE, run, settings } from "../running-system.ts";

// Serial, because each system has seven processes and uses the same ports.

const LIKE = `/mysfits/${EVANGELINE}/like`;

test.serial("without observability, no telemetry port is opened and nothing is traced", async (t) => {
  const bare = await run(t);
  t.is(bare.observability, undefined);
  t.deepEqual(openPorts(), { tcp: 1, udp: 0 }, "only the site");
  t.is((await fetch(bare.address + LIKE, { method: "POST" })).status, 200);
  await bare.stop();

  const { system } = await observed(t);
  t.deepEqual(openPorts(), { tcp: 3, udp: 1 }, "the X-Ray daemon's TCP and UDP ports, and the metadata endpoint");
  await system.stop();
  await allPortsClosed();

  for (const { sidecars, container } of Object.values(defineServices(withoutObservability(settings), CONTEXT))) {
    const names = sidecars.map(({ name }) => name);
    t.deepEqual(
      names.filter((name) => !(name in SIDECARS) || name === "metadata-proxy"),
      [],
    );
    t.is(container.environment.TRACING, "off");
  }
});

test.serial("a failed start leaves no port open", async (t) => {
  const broken = { ...settings, region: "nowhere" };
  await t.throwsAsync(
    startSystem({ settings: broken, port: 0, folder: dataFolder(t), observability: true, print: discardOutput }),
    { instanceOf: StartError },
  );
  await allPortsClosed();
});

test.serial("everything works on other ports if the usual ones are in use", async (t) => {
  const xray = createSocket("udp4");
  const metadata = createServer();
  t.teardown(() => {
    xray.close();
    metadata.close();
  });
  xray.bind(2000, "127.0.0.1");
  metadata.listen(8001, "127.0.0.1");
  // Another system on this machine may use the ports, and free them at any time. Only ports opened by this test stay in use.
  const [{ status: udp }, { status: tcp }] = await Promise.allSettled([
    once(xray, "listening"),
    once(metadata, "listening"),
  ]);
  const { system, observability } = await observed(t);
  t.true(udp === "rejected" || observability.daemonAddress !== "127.0.0.1:2000");
  const root = await like(system);
  await until(() => observability.traces.get(root));
  const proxy = observability.sidecar("like", "metadata-proxy") ?? t.fail();
  t.true(tcp === "rejected" || proxy.port !== 8001);
  t.is((await fetch(`${proxy.origin}/v2/metadata`)).status, 200);
});

// The tests below share one system, in this order: the first one expects no earlier request, and the last one kills a task.

const teardowns: (() => unknown)[] = [];
let shared: ReturnType<typeof observed> | undefined;

/** Starts the shared system with the first test that uses it: the tests above count the ports of this process. */
function sharedSystem(): ReturnType<typeof observed> {
  shared ??= observed({ teardown: (end) => void teardowns.push(end) });
  return shared;
}

test.after.always(async () => {
  for (const end of teardowns.reverse()) {
    await end();
  }
});

test.serial("a like appears in the traces, the logs, and the metrics", async (t) => {
  const { system, observability } = await sharedSystem();
  const root = await like(system);

  const { segments } = await until(() => {
    const trace = observability.traces.get(root);
    return trace?.segments.length === 2 ? trace : undefined;
  });
  const [liked, fulfilled] = segments;
  const [call] = liked?.subsegments ?? [];
  const [table] = fulfilled?.subsegments ?? [];
  t.like(liked, { name: "like service", http: { request: { method: "POST" }, response: { status: 200 } } });
  t.is(liked?.parent_id, undefined);
  t.is(call?.namespace, "remote");
  t.is(fulfilled?.name, "monolith service");
  t.is(fulfilled?.parent_id, call?.id);
  t.like(table, { name: "DynamoDB", namespace: "aws", aws: { operation: "UpdateItem", table_name: system.tableName } });
  t.is(observability.rejectedPackets, 0);

  const lines = await until(() => {
    const found = [...observability.logs.find({ text: root })].reverse();
    return found.length > 0 && found;
  });
  t.deepEqual(
    lines.map(({ program, task, record }) => [program, task, record?.msg]),
    [["monolith", system.services.monolith.tasks[0]?.id, `POST /mysfits/${EVANGELINE}/fulfill-like 200`]],
    "the like service logs errors only",
  );

  const {
    services: { like: likeService, monolith },
    loadBalancer,
  } = observability.monitoring;
  const latest = latestOf(observability);
  t.is(latest(likeService.metrics.requests.of[0]), 1);
  t.is(latest(monolith.metrics.requests.of[0]), undefined, "likes reach the monolith without the load balancer");
  t.is(latest(loadBalancer.metrics.requestsPerMinute.of[0]), 1);
  const seconds = latest(likeService.metrics.latency("p50").of[0]) ?? t.fail();
  t.true(seconds > 0 && seconds < 10, String(seconds));
});

test.serial("the tasks and their resource use are measured", async (t) => {
  const { observability } = await sharedSystem();
  const { metrics } = observability.monitoring.services.like;
  const latest = latestOf(observability);
  const both = [metrics.taskCount, metrics.healthyHosts[0]];
  await until(() => (latest(metrics.memory) && both.every((metric) => latest(metric) === 2)) || undefined);
  t.is(latest(metrics.runningTasks), 2);
  t.is(latest(metrics.desiredTasks), 2);
  t.is(latest(metrics.pendingTasks), 0);
  t.is(latest(metrics.unhealthyHosts[0]), 0);
  // Two Node.js processes, in a task of 512 MiB.
  const memory = latest(metrics.memory) ?? 0;
  t.true(memory > 10 && memory < 100, `${memory}% of memory`);
  const cpu = latest(metrics.cpu) ?? 0;
  t.true(cpu > 0 && cpu < 1_000, `${cpu}% of CPU`);
});

test.serial("the metadata proxy returns the task with the actual resource use of its processes", async (t) => {
  const { system, observability } = await sharedSystem();
  const proxy = observability.sidecar("like", "metadata-proxy") ?? t.fail();
  const ask = async (path: string) => (await fetch(proxy.origin + path)).json();

  const task = (await ask("/v2/metadata")) as TaskDocument;
  t.like(task, { Cluster: "mysfits", Family: "mysfits-like", KnownStatus: "RUNNING" });
  t.regex(task.TaskARN, /^arn:aws:ecs:us-west-2:\d{12}:task\/mysfits\/[0-9a-f]{32}$/);
  t.deepEqual(
    task.Containers.map(({ Name, Image, Limits }) => [Name, Image, Limits.Memory]),
    [["like-service", "like", 512], ...Object.entries(SIDECARS).map(([name, { memory }]) => [name, name, memory])],
  );
  const [service] = task.Containers;
  t.like(await ask(`/v2/metadata/${service?.DockerId}`), { Name: "like-service", DockerId: service?.DockerId });
  t.like(await ask("/v4"), { Name: "metadata-proxy" });
  t.is(((await ask("/v4/task")) as TaskDocument).TaskARN, task.TaskARN);

  const stats = (await ask(`/v2/stats/${service?.DockerId}`)) as Stats;
  const { memory_stats, cpu_stats } = stats;
  t.true(memory_stats.usage > 30 * 1024 ** 2 && memory_stats.usage < memory_stats.limit, String(memory_stats.usage));
  t.true(cpu_stats.cpu_usage.total_usage > 50e6, "starting takes longer than this");
  t.deepEqual(
    Object.keys((await ask("/v2/stats")) as object),
    task.Containers.map(({ DockerId }) => DockerId),
  );
  t.deepEqual(
    Object.keys((await ask("/v4/task/stats")) as object),
    task.Containers.map(({ DockerId }) => DockerId),
  );

  await pause(1_000); // longer than the proxy caches a response
  await Promise.all(Array.from({ length: 200 }, () => like(system)));
  const later = (await ask(`/v2/stats/${service?.DockerId}`)) as Stats;
  t.true(later.preread >= stats.read && later.read > later.preread);
  t.true(later.cpu_stats.cpu_usage.total_usage > cpu_stats.cpu_usage.total_usage, "likes take time");
  t.is((await fetch(`${proxy.origin}/v2/metadata/${"0".repeat(32)}-1`)).status, 404);

  const other = observability.sidecar("monolith", "metadata-proxy") ?? t.fail();
  const monolith = (await (await fetch(`${other.origin}/v2/metadata`)).json()) as TaskDocument;
  t.is(monolith.Family, "mysfits-monolith");
});

test.serial("a killed task is replaced, and the new sidecar listens on the same port", async (t) => {
  const { system, observability } = await sharedSystem();
  const proxy = observability.sidecar("like", "metadata-proxy") ?? t.fail();
  const arnOf = async ({ origin }: Pick<Program, "origin">) =>
    ((await (await fetch(`${origin}/v2/metadata`)).json()) as TaskDocument).TaskARN;
  const before = await arnOf(proxy);
  const { like } = system.services;
  const [first, second] = like.tasks;
  like.killTask(first?.id ?? "");
  await until(() => like.tasks[0] === second && like.tasks[1]?.container("metadata-proxy") !== undefined);
  const [kept, replacement] = like.tasks;
  t.is(kept, second);
  const next = replacement?.container("metadata-proxy")?.program ?? t.fail();
  // Another system on this machine may already use the port. Any other port is correct then.
  const usual = replacement?.container("metadata-proxy")?.container.port ?? t.fail();
  t.true(proxy.port !== usual || next.port === usual || (await isTaken(usual)), "where the labs look for it");
  t.not(await arnOf(next), before);
});

const CONTEXT = { region: "us-west-2", tableName: "mysfits", hostOf: () => "127.0.0.1", siteOrigin: "" };

interface TaskDocument {
  readonly Cluster: string;
  readonly TaskARN: string;
  readonly Family: string;
  readonly Containers: readonly {
    readonly DockerId: string;
    readonly Name: string;
    readonly Image: string;
    readonly Limits: { readonly Memory: number };
  }[];
}

interface Stats {
  readonly read: string;
  readonly preread: string;
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
  readonly memory_stats: { readonly usage: number; readonly limit: number };
}

/** Number of ports that this process listens on. */
function openPorts(): { tcp: number; udp: number } {
  const resources = process.getActiveResourcesInfo();
  const count = (kind: string) => resources.filter((resource) => resource === kind).length;
  return { tcp: count("TCPServerWrap"), udp: count("UDPWrap") };
}

/** Node.js releases a closed port after a short delay. */
async function allPortsClosed(): Promise<void> {
  await until(() => isDeepStrictEqual(openPorts(), { tcp: 0, udp: 0 }));
}

/** A system with observability. */
async function observed(
  t: Pick<ExecutionContext, "teardown">,
): Promise<{ system: System; observability: Observability }> {
  const system = await run(t, { observability: true });
  if (system.observability === undefined) {
    throw new Error("the system is not observed");
  }
  return { system, observability: system.observability };
}

/** Likes Evangeline; resolves with the ID of its trace, which is always sampled. */
async function like({ address }: System): Promise<string> {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  const random = crypto.randomUUID().replaceAll("-", "").slice(0, 24);
  const root = `1-${seconds}-${random}`;
  const answer = await fetch(address + LIKE, {
    method: "POST",
    headers: { "x-amzn-trace-id": `Root=${root};Sampled=1` },
  });
  await answer.body?.cancel();
  return root;
}

/** The last value of a metric in the past minutes. */
function latestOf({ metrics }: Observability) {
  return (metric: Metric | undefined) => {
    const now = Math.floor(Date.now() / 1000);
    return metric && metrics.values(metric, now - 180, now + 1).at(-1)?.value;
  };
}

async function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  const taken = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(true)).listen(port, "127.0.0.1", () => resolve(false));
  });
  server.close();
  return taken;
}
