import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { freePort } from "../../../local/processes/free-port.ts";
import { TraceStore } from "../../../local/traces/trace-store.ts";
import { startXrayDaemon } from "../../../local/traces/xray-daemon.ts";
import { SAMPLING_RULES } from "../../../specs/monitoring/tracing.ts";
import { until } from "../../until.ts";

const HEADER = '{"format":"json","version":1}';
const SEGMENT = {
  trace_id: "1-5759e988-bd862e3fe1be46a994272793",
  id: "defdfd9912dc5a56",
  name: "like service",
  start_time: 1_465_510_288.5,
  end_time: 1_465_510_289,
};

test("takes segments, and counts packets that are none without a stumble", async (t) => {
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
    // Deeper than anybody looks.
    `${HEADER}\n${'{"subsegments":['.repeat(3_000)}${"]}".repeat(3_000)}`,
  ];
  for (const packet of [...broken, Buffer.alloc(60_000, 0xff), whole]) {
    await send(packet);
  }
  await settled(broken.length + 2);
  t.is(daemon.refused, broken.length + 1);
  t.is(traces.get(SEGMENT.trace_id)?.segments[0]?.name, "like service");
});

test("whatever is sent, the next segment is taken", async (t) => {
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

test("hands the monitoring stack's sampling rules out, and shares their reservoirs", async (t) => {
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
  t.is(await quota("a"), 2);
  t.is(await quota("a", "others"), 1);
  t.is(await quota("a", "no such rule"), undefined);
});

test("answers nonsense about sampling with an error, and goes on", async (t) => {
  const { origin, ask } = await start(t);
  for (const [path, body, status] of [
    ["/GetSamplingRules", "{", 400],
    ["/SamplingTargets", "null", 400],
    ["/SamplingTargets", '{"SamplingStatisticsDocuments":[7]}', 400],
    ["/PutTraceSegments", "{}", 404],
  ] as const) {
    t.is((await fetch(origin + path, { method: "POST", body })).status, status);
  }
  t.truthy(await ask("/GetSamplingRules", {}));
});

test("goes to a free port when its own is taken, over UDP or TCP", async (t) => {
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
    /** Waits until so many packets have been looked at. */
    async settled(packets: number) {
      await until(() => daemon.refused + [...traces.newest()].flatMap(({ segments }) => segments).length >= packets);
    },
    async ask(path: string, question: object): Promise<unknown> {
      return (await fetch(origin + path, { method: "POST", body: JSON.stringify(question) })).json();
    },
  };
}
