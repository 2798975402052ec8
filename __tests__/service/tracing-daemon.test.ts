import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { newTraceRoot, parseTraceHeader } from "../../service/shared/trace-header.ts";
import { until } from "../until.ts";
import {
  closedPort,
  listenWith,
  type ServiceProcess,
  spawnService,
  startTable,
  startupError,
} from "./start-services.ts";
import { type Daemon, startDaemon } from "./x-ray-daemon.ts";

// Services in separate processes, with daemons that respond in various ways.

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";

async function startDaemonFor(t: ExecutionContext, answer?: Parameters<typeof startDaemon>[0]): Promise<Daemon> {
  const daemon = await startDaemon(answer);
  t.teardown(() => daemon.stop());
  return daemon;
}

async function like({ origin }: { origin: string }, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`${origin}/mysfits/${PAULY}/like`, { method: "POST", headers });
  await response.text();
  return response.status;
}

async function startFakeMonolith(t: ExecutionContext) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.end('{"Update":"Success"}');
  });
  return { ...(await listenWith(t, server)), requests };
}

/** The like service with a fake monolith. */
async function startLike(t: ExecutionContext, environment: Record<string, string>) {
  const { port, requests } = await startFakeMonolith(t);
  const service = await spawnService(t, "like", { MONOLITH_URL: `127.0.0.1:${port}`, ...environment });
  return { service, requests };
}

/** Responds like X-Ray, with one rule. */
function rules(rule: { readonly FixedRate: number; readonly ReservoirSize: number }) {
  return (_request: IncomingMessage, response: ServerResponse) => {
    response.end(
      JSON.stringify({
        SamplingRuleRecords: [
          {
            SamplingRule: {
              RuleName: "central",
              RuleARN: "arn:aws:xray:us-west-2:123456789012:sampling-rule/central",
              ResourceARN: "*",
              Priority: 1,
              ServiceName: "*",
              ServiceType: "*",
              Host: "*",
              HTTPMethod: "*",
              URLPath: "*",
              Version: 1,
              Attributes: {},
              ...rule,
            },
          },
        ],
      }),
    );
  };
}

test.serial("one like through both services is one trace, sampled by X-Ray's rules", async (t) => {
  const daemon = await startDaemonFor(t, rules({ FixedRate: 1, ReservoirSize: 0 }));
  const tracing = { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: daemon.address };
  const monolith = await spawnService(t, "monolith", { ...(await startTable(t)).environment, ...tracing });
  const service = await spawnService(t, "like", { MONOLITH_URL: `127.0.0.1:${monolith.port}`, ...tracing });

  // The service fetches the rules with its first request.
  const byRule = () => daemon.segments.find(({ aws }) => aws?.xray?.rule_name === "central");
  while (byRule() === undefined) {
    t.is(await like(service), 200);
  }
  t.true(daemon.requests.includes("/GetSamplingRules {}"));

  const segments = await daemon.trace(byRule()?.trace_id ?? t.fail(), 2);
  const liked = segments.find(({ name }) => name === "like service") ?? t.fail();
  const fulfilled = segments.find(({ name }) => name === "monolith service") ?? t.fail();
  t.is(liked.parent_id, undefined);
  t.is(liked.subsegments?.[0]?.namespace, "remote");
  t.is(fulfilled.parent_id, liked.subsegments?.[0]?.id);
  t.is(fulfilled.subsegments?.[0]?.aws?.operation, "UpdateItem");
});

/** Reservoir of the collector's rule, in traces per second over all tasks. */
const RESERVOIR = 4;

/** Responds like X-Ray: times in epoch seconds, and the reservoir divided among the clients that have reported. */
function collector() {
  const state = { rule: { FixedRate: 0, ReservoirSize: RESERVOIR }, changed: epochSeconds(), borrowed: 0 };
  const clients = new Set<string>();
  const respond = async (request: IncomingMessage, response: ServerResponse, body: string) => {
    if (request.url === "/GetSamplingRules") {
      return rules(state.rule)(request, response);
    }
    const { SamplingStatisticsDocuments: documents } = JSON.parse(body) as {
      SamplingStatisticsDocuments: { ClientID: string; RuleName: string; BorrowCount: number }[];
    };
    for (const { ClientID, BorrowCount } of documents) {
      clients.add(ClientID);
      state.borrowed += BorrowCount;
    }
    response.end(
      JSON.stringify({
        LastRuleModification: state.changed,
        SamplingTargetDocuments: documents.map(({ RuleName }) => ({
          RuleName,
          FixedRate: state.rule.FixedRate,
          ReservoirQuota: Math.floor(state.rule.ReservoirSize / 2),
          ReservoirQuotaTTL: epochSeconds() + 60,
          Interval: 10,
        })),
        UnprocessedStatistics: [],
      }),
    );
  };
  return { state, clients, respond };
}

function epochSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

test.serial("two tasks together trace the rule's reservoir per second, and a changed rule takes effect", async (t) => {
  const { state, clients, respond } = collector();
  const daemon = await startDaemonFor(t, respond);
  const tracing = { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: daemon.address };
  const tasks = [await startLike(t, tracing), await startLike(t, tracing)];
  let stopped = false;
  const load = Promise.all(
    tasks.map(async ({ service }) => {
      while (!stopped) {
        await like(service);
        await pause(20);
      }
    }),
  );
  // After the first report, each task has its quota; before that, each borrows one trace per second.
  await until(() => clients.size === 2);
  await pause(1_500);
  const from = epochSeconds() + 1;
  const seconds = 6;
  await until(() => epochSeconds() > from + seconds);
  const traced = daemon.segments.filter(({ start_time }) => start_time >= from && start_time < from + seconds).length;
  t.true(
    Math.abs(traced / seconds - RESERVOIR) <= 1,
    `${traced} traces in ${seconds} s: expected ${RESERVOIR} per second`,
  );

  const reports = () => daemon.requests.filter((line) => line.startsWith("/SamplingTargets")).length;
  const fetched = () => daemon.requests.filter((line) => line.startsWith("/GetSamplingRules")).length;
  // A task may borrow while its first report is answered. Its second report counts that.
  await until(() => reports() >= 2 * tasks.length);
  state.borrowed = 0;
  const before = { reports: reports(), fetched: fetched() };
  state.changed = epochSeconds() + 1;
  await until(() => reports() >= before.reports + 2 && fetched() >= before.fetched + 2);
  t.is(state.borrowed, 0, "no task borrows while it has a quota");
  stopped = true;
  await load;
});

test.serial("a rule that samples nothing traces nothing, and the monolith gets that decision", async (t) => {
  const daemon = await startDaemonFor(t, rules({ FixedRate: 0, ReservoirSize: 0 }));
  const { service, requests } = await startLike(t, { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: daemon.address });
  const sampled = () => parseTraceHeader(String(requests.at(-1)?.headers["x-amzn-trace-id"]))?.sampled;
  let untraced = 0;
  while (untraced < 50) {
    await like(service);
    untraced = sampled() === "0" ? untraced + 1 : 0;
  }
  const root = newTraceRoot();
  await like(service, { "x-amzn-trace-id": `Root=${root};Sampled=1` });
  await daemon.trace(root);
  t.true(daemon.segments.length < requests.length - 50 + 1);
});

test.serial("a segment names its ECS container, if there is one", async (t) => {
  const daemon = await startDaemonFor(t);
  const tracing = { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: daemon.address };
  for (const [environment, origin, container] of [
    [{ ECS_CONTAINER_METADATA_URI_V4: "http://169.254.170.2/v4/1" }, "AWS::ECS::Container", { container: hostname() }],
    [{}, undefined, undefined],
  ] as const) {
    const { service } = await startLike(t, { ...tracing, ...environment });
    const root = newTraceRoot();
    await like(service, { "x-amzn-trace-id": `Root=${root};Sampled=1` });
    const [segment] = await daemon.trace(root);
    t.is(segment?.origin, origin);
    t.deepEqual(segment?.aws?.ecs, container);
  }
});

test.serial("without central rules the local rules apply", async (t) => {
  const daemon = await startDaemonFor(t);
  const { service, requests } = await startLike(t, { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: daemon.address });
  const roots = Array.from({ length: 500 }, newTraceRoot);
  for (const root of roots) {
    await like(service, { "x-amzn-trace-id": `Root=${root}` });
  }
  const passedOn = requests.map(({ headers }) => parseTraceHeader(String(headers["x-amzn-trace-id"])));
  t.deepEqual(
    passedOn.map((header) => header?.root),
    roots,
  );
  const taken = passedOn.filter((header) => header?.sampled === "1").map((header) => header?.root);
  t.true(taken.length >= 10 && taken.length <= 150, `${taken.length} of 500`);
  for (const root of taken) {
    await daemon.trace(String(root));
  }
  t.is(daemon.segments.length, taken.length);
});

const RESPONSES: Readonly<Record<string, Parameters<typeof startDaemon>[0]>> = {
  "does not respond": () => {},
  "responds with 500": (_request, response) => {
    response.statusCode = 500;
    response.end('{"message":"internal error"}');
  },
  "responds with HTML": (_request, response) => response.end("<h1>Hello</h1>"),
  "responds with null": (_request, response) => response.end("null"),
  "closes the connection within its response": (_request, response) => {
    response.write('{"SamplingRule');
    setTimeout(() => response.destroy(), 20);
  },
};

for (const [behavior, respond] of Object.entries(RESPONSES)) {
  test.serial(`a daemon that ${behavior} does not affect likes`, async (t) => {
    const daemon = await startDaemonFor(t, respond);
    const { service } = await startLike(t, { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: daemon.address });
    await expectUnaffected(t, service);
    t.deepEqual([...new Set(daemon.requests)], ["/GetSamplingRules {}"]);
  });
}

test.serial("requests to a daemon that does not respond are given up", async (t) => {
  const givenUp = Promise.withResolvers<void>();
  const daemon = await startDaemonFor(t, (_request, response) => response.on("close", givenUp.resolve));
  const { service } = await startLike(t, { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: daemon.address });
  await like(service);
  await givenUp.promise;
  t.pass();
});

test.serial("a missing daemon does not affect likes", async (t) => {
  const port = await closedPort();
  const { service } = await startLike(t, { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${port}` });
  await expectUnaffected(t, service);
});

test.serial("a daemon whose name cannot be resolved does not affect likes", async (t) => {
  const { service } = await startLike(t, { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: "nowhere.invalid:2000" });
  await expectUnaffected(t, service);
});

/** Every like counts, traced or not, nothing is logged about it at INFO, and the process stops normally. */
async function expectUnaffected(t: ExecutionContext, service: ServiceProcess): Promise<void> {
  for (let liked = 0; liked < 50; liked += 1) {
    const root = newTraceRoot();
    t.is(await like(service, { "x-amzn-trace-id": liked % 2 === 0 ? `Root=${root};Sampled=1` : `Root=${root}` }), 200);
  }
  t.deepEqual(
    service.lines.filter(({ level }) => level > 30),
    [],
  );
  t.is(service.lines.filter(({ path }) => path === undefined).length, 1, "the line about listening");
  t.is(await service.end("SIGTERM"), 0);
}

test.serial("with tracing off nothing is sent, and the trace header is passed on unchanged", async (t) => {
  const daemon = await startDaemonFor(t, () => {});
  const { service, requests } = await startLike(t, { TRACING: "off", AWS_XRAY_DAEMON_ADDRESS: daemon.address });
  const header = `Root=${newTraceRoot()};Sampled=1;Self=1-67891234-12456789abcdef0123456789`;
  for (let liked = 0; liked < 20; liked += 1) {
    await like(service, { "x-amzn-trace-id": header });
  }
  t.is(await service.end("SIGTERM"), 0);
  t.deepEqual([daemon.segments.length, daemon.requests.length], [0, 0]);
  t.deepEqual([...new Set(requests.map(({ headers }) => headers["x-amzn-trace-id"]))], [header]);
});

test.serial("exits with an error that names an invalid daemon address", async (t) => {
  for (const address of ["2000", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "http://127.0.0.1:2000"]) {
    const environment = { MONOLITH_URL: "127.0.0.1", TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: address };
    const { code, message } = await startupError("like", environment);
    t.is(code, 1);
    t.is(message, `AWS_XRAY_DAEMON_ADDRESS is "${address}": expected host:port such as 127.0.0.1:2000\n`);
  }
});
