import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { hostname } from "node:os";
import test, { type ExecutionContext } from "ava";
import { newTraceRoot, parseTraceHeader } from "../../service/shared/trace-header.ts";
import { deadPort, failToStart, type ServiceProcess, spawnService, standIn, startTable } from "./surroundings.ts";
import { type Daemon, startDaemon } from "./x-ray-daemon.ts";

// Services as their containers run them, beside a daemon of any temper.

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

async function startStandIn(t: ExecutionContext) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.end('{"Update":"Success"}');
  });
  return { ...(await standIn(t, server)), requests };
}

/** The like service before a stand-in of the monolith. */
async function startLike(t: ExecutionContext, environment: Record<string, string>) {
  const { port, requests } = await startStandIn(t);
  const service = await spawnService(t, "like", { MONOLITH_URL: `127.0.0.1:${port}`, ...environment });
  return { service, requests };
}

/** Answers as X-Ray does, with one rule. */
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

test.serial("one like through both services is one trace, by the rules that X-Ray has", async (t) => {
  const daemon = await startDaemonFor(t, rules({ FixedRate: 1, ReservoirSize: 0 }));
  const tracing = { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: daemon.address };
  const monolith = await spawnService(t, "monolith", { ...(await startTable(t)).environment, ...tracing });
  const service = await spawnService(t, "like", { MONOLITH_URL: `127.0.0.1:${monolith.port}`, ...tracing });

  // The first request makes the service ask for the rules.
  const byRule = () => daemon.segments.find(({ aws }) => aws?.xray?.rule_name === "central");
  while (byRule() === undefined) {
    t.is(await like(service), 200);
  }
  t.true(daemon.questions.includes("/GetSamplingRules {}"));

  const segments = await daemon.trace(byRule()?.trace_id ?? t.fail(), 2);
  const liked = segments.find(({ name }) => name === "like service") ?? t.fail();
  const fulfilled = segments.find(({ name }) => name === "monolith service") ?? t.fail();
  t.is(liked.parent_id, undefined);
  t.is(liked.subsegments?.[0]?.namespace, "remote");
  t.is(fulfilled.parent_id, liked.subsegments?.[0]?.id);
  t.is(fulfilled.subsegments?.[0]?.aws?.operation, "UpdateItem");
});

test.serial("a rule that takes nothing traces nothing, and the monolith is told", async (t) => {
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

test.serial("a segment tells which container of ECS it comes from, and elsewhere of none", async (t) => {
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

test.serial("without central rules the local ones take a sample", async (t) => {
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

const TEMPERS: Readonly<Record<string, Parameters<typeof startDaemon>[0]>> = {
  "answers nothing": () => {},
  "answers 500": (_request, response) => {
    response.statusCode = 500;
    response.end('{"message":"internal error"}');
  },
  "answers what is no JSON": (_request, response) => response.end("<h1>Hello</h1>"),
  "answers nothing but null": (_request, response) => response.end("null"),
  "hangs up in the middle": (_request, response) => {
    response.write('{"SamplingRule');
    setTimeout(() => response.destroy(), 20);
  },
};

for (const [temper, answer] of Object.entries(TEMPERS)) {
  test.serial(`a daemon that ${temper} changes nothing for who likes`, async (t) => {
    const daemon = await startDaemonFor(t, answer);
    const { service } = await startLike(t, { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: daemon.address });
    await expectUndisturbed(t, service);
    t.deepEqual(daemon.questions, ["/GetSamplingRules {}"]);
  });
}

test.serial("a daemon that answers nothing is not waited for", async (t) => {
  const givenUp = Promise.withResolvers<void>();
  const daemon = await startDaemonFor(t, (_request, response) => response.on("close", givenUp.resolve));
  const { service } = await startLike(t, { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: daemon.address });
  const start = performance.now();
  await like(service);
  await givenUp.promise;
  t.true(performance.now() - start < 4_000);
});

test.serial("a daemon that is not there changes nothing for who likes", async (t) => {
  const port = await deadPort();
  const { service } = await startLike(t, { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${port}` });
  await expectUndisturbed(t, service);
});

test.serial("a daemon whose name leads nowhere changes nothing for who likes", async (t) => {
  const { service } = await startLike(t, { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: "nowhere.invalid:2000" });
  await expectUndisturbed(t, service);
});

/** Every like counts, traced or not, nothing is logged about it at INFO, and the process ends as it should. */
async function expectUndisturbed(t: ExecutionContext, service: ServiceProcess): Promise<void> {
  for (let liked = 0; liked < 50; liked += 1) {
    const root = newTraceRoot();
    t.is(await like(service, { "x-amzn-trace-id": liked % 2 === 0 ? `Root=${root};Sampled=1` : `Root=${root}` }), 200);
  }
  t.deepEqual(
    service.lines.filter(({ level }) => level > 30),
    [],
  );
  t.is(service.lines.filter(({ path }) => path === undefined).length, 1, "that it listens");
  t.is(await service.end("SIGTERM"), 0);
}

test.serial("with tracing off nothing is sent, and the header goes on as it came", async (t) => {
  const daemon = await startDaemonFor(t, () => {});
  const { service, requests } = await startLike(t, { TRACING: "off", AWS_XRAY_DAEMON_ADDRESS: daemon.address });
  const header = `Root=${newTraceRoot()};Sampled=1;Self=1-67891234-12456789abcdef0123456789`;
  for (let liked = 0; liked < 20; liked += 1) {
    await like(service, { "x-amzn-trace-id": header });
  }
  t.is(await service.end("SIGTERM"), 0);
  t.deepEqual([daemon.segments.length, daemon.questions.length], [0, 0]);
  t.deepEqual([...new Set(requests.map(({ headers }) => headers["x-amzn-trace-id"]))], [header]);
});

test.serial("an address that is none ends the process with a line about it", async (t) => {
  for (const address of ["2000", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "http://127.0.0.1:2000"]) {
    const environment = { MONOLITH_URL: "127.0.0.1", TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: address };
    const { code, message } = await failToStart("like", environment);
    t.is(code, 1);
    t.is(message, `AWS_XRAY_DAEMON_ADDRESS is "${address}": expected host:port such as 127.0.0.1:2000\n`);
  }
});
