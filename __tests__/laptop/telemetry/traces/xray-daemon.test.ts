import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { freePort } from "../../../../laptop/system/processes/free-port.ts";
import { TraceStore } from "../../../../laptop/telemetry/traces/trace-store.ts";
import { startXrayDaemon } from "../../../../laptop/telemetry/traces/xray-daemon.ts";
import { SAMPLING_RULES } from "../../../../model/monitoring/tracing.ts";
import { until } from "../../../until.ts";

const HEADER = '{"format":"json","version":1}';
const SEGMENT = {
  trace_id: "1-5759e988-bd862e3fe1be46a994272793",
  id: "defdfd9912dc5a56",
  name: "like service",
  start_time: 1_465_510_288.5,
  end_time: 1_465_510_289,
};

test("stores segments and counts invalid packets", async (t) => {
  const { daemon, traces, send, settled } = await start(t);
  const whole = `${HEADER}\n${JSON.stringify(SEGMENT)}`;
  const broken = [
    "",
    "\n",
    HEADER,
    `${HEADER}\n`,
    `${HEADER}\nnull`,
    `${HEADER}\n${JSON.stringify(SEGMENT).slice(1)}`,
    JSON.stringify(SEGMENT),
    `null\n${JSON.stringify(SEGMENT)}`,
    `{"format":"json","version":2}\n${JSON.stringify(SEGMENT)}`,
    `{"format":"xml","version":1}\n<segment/>`,
    `${HEADER}\n${JSON.stringify({ ...SEGMENT, subsegments: 7 })}`,
    // Deeper than the parser's limit.
    `${HEADER}\n${'{"subsegments":['.repeat(3_000)}${"]}".repeat(3_000)}`,
  ];
  for (const packet of [...broken, Buffer.alloc(60_000, 0xff), whole]) {
    await send(packet);
  }
  await settled(broken.length + 2);
  t.is(daemon.rejected, broken.length + 1);
  t.is(traces.get(SEGMENT.trace_id)?.segments[0]?.name, "like service");
});

for (const [header, accepted] of [
  ['{"format":"JSON","version":1}', true],
  ['{ "Version": 1, "Format": "Json", "more": [] }', true],
  ['{"format":"json","version":1.0}', false],
  ['{"format":"json","version":1e0}', false],
  ['{"format":"json","version":"1"}', false],
  ['{"format":"json","version":10e-1}', false],
  ['{"format":"json","version":0.1e1}', false],
  ['{"format":"json","version":-1}', false],
  ['{"format":"json","version":true}', false],
  ['{"format":"json","version":null}', false],
  ['{"format":["json"],"version":1}', false],
  ['{"format":" json","version":1}', false],
  ['{"version":2,"format":"xml","FORMAT":"json","VERSION":1}', true],
  ['{"format":"json","version":1,"more":1.5}\r', true],
  ['{"format":"json"}', false],
  ['["json",1]', false],
] as const) {
  test(`${accepted ? "accepts" : "drops"} the header ${header}, as the X-Ray daemon does`, async (t) => {
    const { daemon, traces, send, settled } = await start(t);
    await send(`${header}\n${JSON.stringify(SEGMENT)}`);
    await settled(1);
    t.deepEqual([traces.size, daemon.rejected], accepted ? [1, 0] : [0, 1]);
  });
}

test("a packet with two documents counts as rejected, because X-Ray would reject it", async (t) => {
  const { daemon, send, settled } = await start(t);
  await send(`${HEADER}\n${JSON.stringify(SEGMENT)}\n${JSON.stringify(SEGMENT)}`);
  await settled(1);
  t.is(daemon.rejected, 1);
});

test("accepts the next segment after any packet", async (t) => {
  const { traces, send, settled } = await start(t);
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((json) => `${HEADER}\n${json}`),
      ),
      async (packet) => {
        await send(packet);
        sent += 1;
        await settled(sent);
      },
    ),
  );
  await send(`${HEADER}\n${JSON.stringify(SEGMENT)}`);
  await settled(sent + 1);
  t.is(traces.size, 1);
});

test("returns the monitoring stack's sampling rules, and divides their reservoirs among clients", async (t) => {
  const { ask } = await start(t);
  const { SamplingRuleRecords } = (await ask("/GetSamplingRules", {})) as {
    SamplingRuleRecords: { SamplingRule: Record<string, unknown> }[];
  };
  t.deepEqual(
    SamplingRuleRecords.map(({ SamplingRule: { RuleName, ReservoirSize, FixedRate } }) => [
      RuleName,
      ReservoirSize,
      FixedRate,
    ]),
    SAMPLING_RULES.map(({ name, reservoir, rate }) => [name, reservoir, rate]),
  );
  const quota = async (ClientID: string, RuleName = "likes") => {
    const { SamplingTargetDocuments: targets } = (await ask("/SamplingTargets", {
      SamplingStatisticsDocuments: [{ RuleName, ClientID, RequestCount: 1, SampledCount: 1, BorrowCount: 0 }],
    })) as { SamplingTargetDocuments: { ReservoirQuota: number }[] };
    return targets[0]?.ReservoirQuota;
  };
  t.is(await quota("a"), 5);
  t.is(await quota("b"), 2);
  t.is(await quota("a"), 3);
  t.is(await quota("c"), 1);
  t.is(await quota("b"), 2);
  t.is(await quota("a"), 2);
  t.is(await quota("a", "others"), 1);
  t.is(await quota("b", "others"), 0);
  t.is(await quota("a", "others"), 1);
  t.is(await quota("a", "no such rule"), undefined);
});

test("returns the sampling rules to a request without a body, as OpenTelemetry's sampler sends it", async (t) => {
  const { origin } = await start(t);
  const response = await fetch(`${origin}/GetSamplingRules`, { method: "POST" });
  t.is(response.status, 200);
  t.is(
    ((await response.json()) as { SamplingRuleRecords: unknown[] }).SamplingRuleRecords.length,
    SAMPLING_RULES.length,
  );
});

test("answers an invalid sampling request with an error, and the next one as usual", async (t) => {
  const { origin, ask } = await start(t);
  for (const [path, body, status] of [
    ["/GetSamplingRules", "{", 400],
    ["/SamplingTargets", "null", 400],
    ["/SamplingTargets", "", 400],
    ["/SamplingTargets", '{"SamplingStatisticsDocuments":[7]}', 400],
    ["/PutTraceSegments", "{}", 404],
  ] as const) {
    t.is((await fetch(origin + path, { method: "POST", body })).status, status);
  }
  t.truthy(await ask("/GetSamplingRules", {}));
});

test("uses a free port if the preferred one is in use, over UDP or TCP", async (t) => {
  const udp = createSocket("udp4").bind(0, "127.0.0.1");
  await once(udp, "listening");
  t.teardown(() => udp.close());
  const tcp = createServer().listen(await freePort(), "127.0.0.1");
  await once(tcp, "listening");
  t.teardown(() => tcp.close());
  for (const taken of [udp.address(), tcp.address()]) {
    const { port } = taken as { port: number };
    const { daemon, send, settled, ask } = await start(t, port);
    t.not(daemon.address, `127.0.0.1:${port}`);
    await send(`${HEADER}\n${JSON.stringify(SEGMENT)}`);
    await settled(1);
    t.truthy(await ask("/GetSamplingRules", {}));
  }
});

async function start(t: ExecutionContext, preferred = 0) {
  const traces = new TraceStore();
  const daemon = await startXrayDaemon(traces, preferred);
  const client = createSocket("udp4");
  t.teardown(async () => {
    client.close();
    await daemon.stop();
  });
  const [, port] = daemon.address.split(":");
  const origin = `http://${daemon.address}`;
  return {
    daemon,
    traces,
    origin,
    send: (packet: string | Uint8Array) =>
      new Promise<void>((resolve, reject) =>
        client.send(packet, Number(port), "127.0.0.1", (error) => (error ? reject(error) : resolve())),
      ),
    /** Waits until this many packets have been processed. */
    async settled(packets: number) {
      await until(() => daemon.rejected + [...traces.newest()].flatMap(({ segments }) => segments).length >= packets);
    },
    async ask(path: string, question: object): Promise<unknown> {
      return (await fetch(origin + path, { method: "POST", body: JSON.stringify(question) })).json();
    },
  };
}
