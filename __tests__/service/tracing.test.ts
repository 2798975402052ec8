import { randomBytes, randomUUID } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type Router from "@koa/router";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import createError from "http-errors";
import { Client } from "undici";
import type { RequestState } from "../../service/shared/request-identity.ts";
import { inSubsegment } from "../../service/shared/subsegments.ts";
import { newTraceRoot, parseTraceHeader } from "../../service/shared/trace-header.ts";
import { webApp } from "../../service/shared/web-app.ts";
import { anyCharacter } from "../any-character.ts";
import {
  closedPort,
  listenWith,
  type RunningService,
  run,
  startLike,
  startMonolith,
  startTable,
} from "./start-services.ts";
import { startDaemon } from "./x-ray-daemon.ts";

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";
const UNKNOWN_ID = "2b473002-36f8-4b87-954e-9a377e0ccbed";

// The SDK reads the daemon's address once per process, so all tests share a daemon and find their traces by trace ID.
const daemon = await startDaemon();
process.env.AWS_XRAY_DAEMON_ADDRESS = daemon.address;
test.after.always(() => daemon.stop());

const ON = { tracing: "on" } as const;

/** Sends a request with a new trace. Resolves with the trace ID. */
async function send(url: string, init: RequestInit = {}, fields = ";Sampled=1"): Promise<string> {
  const root = newTraceRoot();
  const headers = { "x-amzn-trace-id": `Root=${root}${fields}`, ...init.headers };
  await (await fetch(url, { ...init, headers })).text();
  return root;
}

function like({ origin }: { origin: string }, id = PAULY, fields?: string): Promise<string> {
  return send(`${origin}/mysfits/${id}/like`, { method: "POST" }, fields);
}

/** The response of a server in this process to the first request with this trace. */
function firstResponse(root: string): Promise<ServerResponse> {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  const channel = "http.server.request.start";
  const listener = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (String(request.headers["x-amzn-trace-id"]).includes(root)) {
      unsubscribe(channel, listener);
      resolve(response);
    }
  };
  subscribe(channel, listener);
  return promise;
}

/** A fake monolith that responds with the given status and records its requests. */
async function startFakeMonolith(t: ExecutionContext, status: (path: string) => number | Promise<number> = () => 200) {
  const requests: IncomingMessage[] = [];
  const server = createServer(async (request, response) => {
    requests.push(request);
    response.statusCode = await status(request.url ?? "");
    response.end('{"Update":"Success"}');
  });
  return { ...(await listenWith(t, server)), requests };
}

function startApp(t: ExecutionContext, routes: (router: Router<RequestState>) => void): Promise<RunningService> {
  return run(t, "test", "DEBUG", async (log) => ({
    app: await webApp({ name: "test", segment: "test service", log, routes, missing: async () => [] }),
    async close() {},
  }));
}

/** Waits until all segments sent so far have arrived. */
async function settle(service: RunningService): Promise<void> {
  await daemon.trace(await send(`${service.origin}/nothing`));
}

test.serial("AWS_XRAY_TRACING_NAME replaces the name in segments", async (t) => {
  process.env.AWS_XRAY_TRACING_NAME = "p01 test service";
  const service = await startApp(t, (router) => {
    router.get("/hello", (ctx) => {
      ctx.body = {};
    });
  });
  delete process.env.AWS_XRAY_TRACING_NAME;
  const [segment] = await daemon.trace(await send(`${service.origin}/hello`));
  t.is(segment?.name, "p01 test service");
});

test("one like is one trace: client, like service, monolith, DynamoDB", async (t) => {
  const table = await startTable(t);
  const monolith = await startMonolith(t, table, ON);
  const service = await startLike(t, monolith, ON);
  const caller = "53995c3f42cd8ad8";
  const root = await like(service, PAULY, `;Parent=${caller};Sampled=1`);
  const segments = await daemon.trace(root, 2);
  const liked = segments.find(({ name }) => name === "like service") ?? t.fail();
  const fulfilled = segments.find(({ name }) => name === "monolith service") ?? t.fail();
  t.is(segments.length, 2);

  t.is(liked.parent_id, caller);
  t.like(liked.http, {
    request: { method: "POST", url: `${service.origin}/mysfits/${PAULY}/like`, client_ip: "127.0.0.1" },
    response: { status: 200, content_length: 20 },
  });
  t.is(liked.subsegments?.length, 1);
  const call = liked.subsegments?.[0] ?? t.fail();
  t.like(call, {
    name: "127.0.0.1",
    namespace: "remote",
    http: {
      request: { method: "POST", url: `${monolith.origin}/mysfits/${PAULY}/fulfill-like` },
      response: { status: 200, content_length: 20 },
    },
  });

  t.is(fulfilled.parent_id, call.id);
  t.is(fulfilled.subsegments?.length, 1);
  const update = fulfilled.subsegments?.[0] ?? t.fail();
  t.like(update, {
    name: "DynamoDB",
    namespace: "aws",
    aws: {
      operation: "UpdateItem",
      region: table.environment.AWS_REGION,
      table_name: table.environment.DDB_TABLE_NAME,
      retries: 0,
    },
    http: { response: { status: 200 } },
  });
  t.truthy(update.aws?.request_id);

  // Each one within its parent.
  for (const [outer, inner] of [
    [liked, call],
    [call, fulfilled],
    [fulfilled, update],
  ] as const) {
    t.true(outer.start_time <= inner.start_time && Number(inner.end_time) <= Number(outer.end_time) + 0.05);
  }
  for (const { fault, error, throttle, cause } of [liked, call, fulfilled, update]) {
    t.deepEqual([fault, error, throttle, cause], [undefined, undefined, undefined, undefined]);
  }
  t.true(service.lines.filter(({ requestId }) => requestId).every(({ traceId }) => traceId === root));
});

test("likes that share a write each record it in their own trace", async (t) => {
  const table = await startTable(t);
  const monolith = await startMonolith(t, table, ON);
  const roots = await Promise.all(
    Array.from({ length: 30 }, () => send(`${monolith.origin}/mysfits/${PAULY}/fulfill-like`, { method: "POST" })),
  );
  for (const root of roots) {
    const [segment] = await daemon.trace(root);
    t.is(segment?.subsegments?.length, 1);
    t.like(segment?.subsegments?.[0], { name: "DynamoDB", http: { response: { status: 200 } } });
    t.is(segment?.subsegments?.[0]?.aws?.operation, "UpdateItem");
  }
  t.is(await table.likes(PAULY), 30);
});

test("a segment has no parent if the load balancer's header names none", async (t) => {
  const service = await startLike(t, await startFakeMonolith(t), ON);
  const root = await like(service, PAULY, ";Self=1-67891234-12456789abcdef0123456789;Sampled=1");
  const [segment] = await daemon.trace(root);
  t.is(segment?.parent_id, undefined);
});

test("a hundred concurrent requests keep their segments apart", async (t) => {
  const monolith = await startFakeMonolith(t, async () => {
    await pause(Math.random() * 100);
    return 200;
  });
  let thrown = 0;
  const dice = () => [70, 95][thrown++ % 2] as number;
  const service = await startLike(t, monolith, { ...ON, dice });
  const requests = Array.from({ length: 100 }, () => ({
    id: randomUUID(),
    root: newTraceRoot(),
    parent: randomBytes(8).toString("hex"),
  }));
  const statuses = await Promise.all(
    requests.map(async ({ id, root, parent }) => {
      const headers = { "x-amzn-trace-id": `Root=${root};Parent=${parent};Sampled=1` };
      return (await fetch(`${service.origin}/mysfits/${id}/like`, { method: "POST", headers })).status;
    }),
  );
  t.is(statuses.filter((status) => status === 200).length, 50);
  for (const [index, { id, root, parent }] of requests.entries()) {
    const segments = await daemon.trace(root);
    t.is(segments.length, 1);
    const segment = segments[0] ?? t.fail();
    const denied = statuses[index] === 404;
    t.is(segment.parent_id, parent);
    t.true(segment.http?.request?.url?.endsWith(`/mysfits/${id}/like`));
    t.is(segment.http?.response?.status, statuses[index]);
    t.deepEqual(segment.annotations, { chaos: denied ? "deny" : "none" });
    t.is(segment.subsegments?.length ?? 0, denied ? 0 : 1);
    const passedOn = monolith.requests.filter(({ url }) => url === `/mysfits/${id}/fulfill-like`);
    t.deepEqual(
      passedOn.map(({ headers }) => headers["x-amzn-trace-id"]),
      denied ? [] : [`Root=${root};Parent=${segment.subsegments?.[0]?.id};Sampled=1`],
    );
  }
});

test("a burn is annotated", async (t) => {
  const service = await startLike(t, await startFakeMonolith(t), { ...ON, dice: (least) => least });
  const [segment] = await daemon.trace(await like(service));
  t.deepEqual(segment?.annotations, { chaos: "burn" });
});

test("a 4xx is an error, a 429 is also a throttle, and a 5xx is a fault", async (t) => {
  const service = await startApp(t, (router) => {
    for (const status of [200, 302, 400, 404, 429, 500, 503]) {
      router.get(`/answer/${status}`, (ctx) => {
        ctx.status = status;
        ctx.body = {};
      });
      router.get(`/refuse/${status}`, () => {
        throw createError(status, "refused");
      });
    }
  });
  const flags = { 400: "error", 404: "error", 429: "error throttle", 500: "fault", 503: "fault" };
  for (const [status, expected] of Object.entries({ 200: "", 302: "", ...flags })) {
    const [segment] = await daemon.trace(await send(`${service.origin}/answer/${status}`, { redirect: "manual" }));
    t.is(flagsOf(segment), expected, status);
    t.is(segment?.http?.response?.status, Number(status));
    t.is(segment?.cause, undefined);
  }
  for (const [status, expected] of Object.entries(flags)) {
    const [segment] = await daemon.trace(await send(`${service.origin}/refuse/${status}`));
    t.is(flagsOf(segment), expected, status);
    t.is(segment?.cause === undefined, Number(status) < 500, status);
  }
  const [nowhere] = await daemon.trace(await send(`${service.origin}/nowhere`));
  t.is(flagsOf(nowhere), "error");
  const [wrongMethod] = await daemon.trace(await send(`${service.origin}/answer/200`, { method: "DELETE" }));
  t.is(flagsOf(wrongMethod), "error");
});

test("a thrown error is a fault with its stack and its cause", async (t) => {
  const service = await startApp(t, (router) => {
    router.get("/throw", function handle() {
      throw new RangeError("that was too much", { cause: new Error("and this is why") });
    });
  });
  const [segment] = await daemon.trace(await send(`${service.origin}/throw`));
  t.is(flagsOf(segment), "fault");
  t.is(segment?.http?.response?.status, 500);
  const [error, reason] = exceptionsOf(t, segment);
  t.like(error, { type: "RangeError", message: "that was too much", remote: false, cause: reason?.id });
  t.like(error?.stack?.[0], { path: "__tests__/service/tracing.test.ts", label: "handle" });
  t.true(Number(error?.stack?.[0]?.line) > 1);
  t.like(reason, { type: "Error", message: "and this is why" });
});

test("the subsegment of the call has the status of the monolith's response", async (t) => {
  const answers = { 404: "error", 429: "error throttle", 500: "fault" };
  for (const [status, expected] of Object.entries(answers)) {
    const service = await startLike(t, await startFakeMonolith(t, () => Number(status)), ON);
    const [segment] = await daemon.trace(await like(service));
    t.is(flagsOf(segment?.subsegments?.[0]), expected, status);
    t.is(segment?.subsegments?.[0]?.http?.response?.status, Number(status));
    t.is(flagsOf(segment), status === "404" ? "error" : "fault", status);
  }
});

test("an unreachable monolith is recorded as a fault of the call, with the reason", async (t) => {
  const service = await startLike(t, { port: await closedPort() }, ON);
  const [segment] = await daemon.trace(await like(service));
  const [call] = segment?.subsegments ?? [];
  t.is(flagsOf(call), "fault");
  t.is(call?.http?.response, undefined);
  t.regex(exceptionsOf(t, call)[0]?.message ?? "", /ECONNREFUSED/);
  t.is(flagsOf(segment), "fault");
  t.deepEqual(
    exceptionsOf(t, segment).map(({ type }) => type),
    ["ServiceUnavailableError", "Error"],
  );
});

test("a failed condition is an error, not a fault of DynamoDB", async (t) => {
  const monolith = await startMonolith(t, await startTable(t), ON);
  const [segment] = await daemon.trace(
    await send(`${monolith.origin}/mysfits/${UNKNOWN_ID}/fulfill-like`, { method: "POST" }),
  );
  t.is(flagsOf(segment), "error");
  const [call] = segment?.subsegments ?? [];
  t.is(flagsOf(call), "error");
  t.is(call?.http?.response?.status, 400);
  t.like(exceptionsOf(t, call)[0], { type: "ConditionalCheckFailedException", remote: true });
});

test("throttles, failures, and an unreachable DynamoDB are recorded as such", async (t) => {
  const startTableThat = async (status: number, type: string) => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type }));
    });
    return (await listenWith(t, server)).port;
  };
  const throttling = "ProvisionedThroughputExceededException";
  for (const [port, expected, exception, retries] of [
    [await startTableThat(400, throttling), "error throttle", { type: throttling, remote: true }, 1],
    [await startTableThat(500, "InternalServerError"), "fault", { type: "InternalServerError", remote: true }, 1],
    [await closedPort(), "fault", { remote: false }, undefined],
  ] as const) {
    const environment = {
      DDB_TABLE_NAME: "mysfits",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    };
    const monolith = await startMonolith(t, { environment }, ON);
    const [segment] = await daemon.trace(await send(`${monolith.origin}/mysfits/${PAULY}`));
    const [call, ...more] = segment?.subsegments ?? [];
    t.is(more.length, 0, "retries are part of the one call");
    t.is(flagsOf(call), expected);
    t.like(call?.aws, { operation: "GetItem", table_name: "mysfits", ...(retries && { retries }) });
    t.like(exceptionsOf(t, call)[0], exception);
    t.is(flagsOf(segment), "fault");
  }
});

test("the segment of a canceled request has no response", async (t) => {
  const arrived = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const monolith = await startFakeMonolith(t, async () => {
    arrived.resolve();
    await closed.promise;
    return 200;
  });
  const service = await startLike(t, monolith, ON);
  const root = newTraceRoot();
  const hangUp = new AbortController();
  const headers = { "x-amzn-trace-id": `Root=${root};Sampled=1` };
  const responding = firstResponse(root);
  const answer = fetch(`${service.origin}/mysfits/${PAULY}/like`, { method: "POST", headers, signal: hangUp.signal });
  await arrived.promise;
  const noticed = once(await responding, "close");
  hangUp.abort();
  await t.throwsAsync(answer);
  await noticed;
  closed.resolve();
  const [segment] = await daemon.trace(root);
  t.is(segment?.http?.response, undefined);
  t.is(segment?.subsegments?.[0]?.http?.response?.status, 200);
});

test("health checks are never traced, even if their header says so", async (t) => {
  const monolith = await startMonolith(t, await startTable(t), ON);
  const service = await startLike(t, monolith, ON);
  const roots = [
    await send(service.origin),
    await send(`${service.origin}/ready`),
    await send(`${monolith.origin}/ready`),
  ];
  await settle(service);
  await settle(monolith);
  t.deepEqual(
    daemon.segments.filter(({ trace_id }) => roots.includes(trace_id)),
    [],
  );
});

test("a request that is not sampled sends no segment, and the monolith gets that decision", async (t) => {
  const monolith = await startFakeMonolith(t);
  const service = await startLike(t, monolith, ON);
  const root = await like(service, PAULY, ";Sampled=0");
  await settle(service);
  t.deepEqual(
    daemon.segments.filter(({ trace_id }) => trace_id === root),
    [],
  );
  t.deepEqual(
    monolith.requests.map(({ headers }) => headers["x-amzn-trace-id"]),
    [`Root=${root};Sampled=0`],
  );
});

test("reports the sampling decision when the caller asks for it", async (t) => {
  const service = await startLike(t, await startFakeMonolith(t), ON);
  const root = newTraceRoot();
  const response = await fetch(`${service.origin}/mysfits/${PAULY}/like`, {
    method: "POST",
    headers: { "x-amzn-trace-id": `Root=${root};Sampled=?` },
  });
  const told = parseTraceHeader(response.headers.get("x-amzn-trace-id") ?? "") ?? t.fail();
  t.is(told.root, root);
  await settle(service);
  t.is(daemon.segments.filter(({ trace_id }) => trace_id === root).length, told.sampled === "1" ? 1 : 0);
});

test("the client address is the first forwarded one, or else the peer's", async (t) => {
  const service = await startLike(t, await startFakeMonolith(t), ON);
  for (const [forwardedFor, expected] of [
    ["203.0.113.7, 10.0.0.1", { client_ip: "203.0.113.7", x_forwarded_for: true }],
    ["2001:db8::7", { client_ip: "2001:db8::7", x_forwarded_for: true }],
    ["<script>", { client_ip: "127.0.0.1" }],
    ["", { client_ip: "127.0.0.1" }],
  ] as const) {
    const headers = { "x-forwarded-for": forwardedFor, "user-agent": "a browser" };
    const root = await send(`${service.origin}/mysfits/${PAULY}/like?who=secret`, { method: "POST", headers });
    const [segment] = await daemon.trace(root);
    t.deepEqual(segment?.http?.request, {
      method: "POST",
      url: `${service.origin}/mysfits/${PAULY}/like`,
      user_agent: "a browser",
      ...expected,
    });
  }
});

const DAY = 24 * 60 * 60;

/** A trace ID of that age in seconds. */
function rootOf(age: number): string {
  const seconds = Math.floor(Date.now() / 1000) - age;
  return `1-${seconds.toString(16).padStart(8, "0")}-${randomBytes(12).toString("hex")}`;
}

test("a malformed, forged, or huge trace header starts a new trace", async (t) => {
  const monolith = await startFakeMonolith(t);
  const service = await startLike(t, monolith, ON);
  const root = newTraceRoot();
  const rejected = [
    "",
    "Root=",
    "Sampled=1",
    `Root=${root.slice(0, -1)};Sampled=1`,
    `Root=${root}0;Sampled=1`,
    `Root=${root.replace("1-", "2-")};Sampled=1`,
    `Root=${root.slice(0, 11)}${"g".repeat(24)};Sampled=1`,
    `Root=${root};Sampled=1;${"x".repeat(8_000)}`,
    `Root=${rootOf(31 * DAY)};Sampled=1`,
    `Root=${rootOf(-DAY)};Sampled=1`,
    `Root=1-00000000-${"0".repeat(24)};Sampled=1`,
    `__proto__=${root};Root=constructor`,
  ];
  for (const header of rejected) {
    monolith.requests.length = 0;
    const response = await fetch(`${service.origin}/mysfits/${PAULY}/like`, {
      method: "POST",
      headers: { "x-amzn-trace-id": header },
    });
    t.is(response.status, 200, header);
    const passedOn = parseTraceHeader(String(monolith.requests[0]?.headers["x-amzn-trace-id"])) ?? t.fail(header);
    t.not(passedOn.root, root, header);
    t.false(header.includes(passedOn.root), header);
    const { traceId } = service.lines.findLast(({ path }) => path !== undefined) ?? t.fail(header);
    t.is(traceId, passedOn.root, "the log has the same trace");
  }
  for (const fields of ["Parent=<script>;Sampled=1", "Sampled=yes;Sampled=1", "Sampled=1, Root=1;Sampled=1"]) {
    const kept = newTraceRoot();
    await fetch(`${service.origin}/mysfits/${PAULY}/like`, {
      method: "POST",
      headers: { "x-amzn-trace-id": `Root=${kept};${fields}` },
    });
    t.is((await daemon.trace(kept))[0]?.parent_id, undefined);
  }
  for (const age of [0, 29 * DAY, -60]) {
    const old = rootOf(age);
    await fetch(`${service.origin}/mysfits/${PAULY}/like`, {
      method: "POST",
      headers: { "x-amzn-trace-id": `Root=${old};Sampled=1` },
    });
    await daemon.trace(old);
  }
  t.pass();
});

test("property: the segment of any request is valid for X-Ray", async (t) => {
  const message = fc.string({ unit: anyCharacter, maxLength: 3_000 });
  let thrown: () => Error = () => new Error();
  const service = await startApp(t, (router) => {
    router.get(/^\/throw/, () => {
      throw thrown();
    });
  });
  // fetch would normalize a path: /throw/.. would become /.
  const client = new Client(service.origin);
  t.teardown(() => client.close());
  const headerValue = (maxLength: number) =>
    fc.string({ unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength });
  await fc.assert(
    fc.asyncProperty(
      headerValue(6_000).filter((value) => !/[\x7f]/.test(value)),
      headerValue(500).filter((value) => !/[\x7f]/.test(value)),
      fc.string({ unit: fc.constantFrom(..."abc/-._~?&=", "%41"), maxLength: 2_000 }),
      message,
      message,
      async (userAgent, forwardedFor, path, first, second) => {
        thrown = () => Object.assign(new Error(first, { cause: new Error(second) }), { name: second });
        const root = newTraceRoot();
        const { body } = await client.request({
          method: "GET",
          path: `/throw/${path}`,
          headers: {
            "x-amzn-trace-id": `Root=${root};Sampled=1`,
            "user-agent": userAgent,
            "x-forwarded-for": forwardedFor,
          },
        });
        await body.dump();
        const [segment] = await daemon.trace(root);
        return segment?.fault === true && segment.http?.response?.status === 500;
      },
    ),
    { numRuns: 200, examples: [["", "", "..", "", ""]] },
  );
  t.pass();
});

test("all subsegments of a request with two hundred failed calls arrive, in packets within the limit", async (t) => {
  const service = await startApp(t, (router) => {
    router.get("/calls", async (ctx) => {
      for (let call = 0; call < 100; call += 1) {
        await failingCall(call);
      }
      await Promise.all(Array.from({ length: 100 }, (_, call) => failingCall(100 + call)));
      ctx.body = {};
    });
  });
  const failingCall = (call: number) =>
    inSubsegment(`call ${call}`, "remote", async () => {
      await pause(1);
      throw new Error("x".repeat(5_000), { cause: new Error("y".repeat(5_000)) });
    }).catch(() => {});
  const root = await send(`${service.origin}/calls`);
  const [segment] = await daemon.trace(root);
  const kept = (segment?.subsegments ?? []).map(({ name }) => name);
  const sent = daemon.subsegments.filter(({ trace_id }) => trace_id === root);
  t.true(sent.every(({ parent_id, fault }) => parent_id === segment?.id && fault === true));
  t.deepEqual(
    [...kept, ...sent.map(({ name }) => name)].sort(),
    Array.from({ length: 200 }, (_, call) => `call ${call}`).sort(),
  );
});

type Flagged = { readonly error?: boolean | undefined; throttle?: boolean | undefined; fault?: boolean | undefined };

function flagsOf(document: Flagged | undefined): string {
  return (["error", "throttle", "fault"] as const).filter((flag) => document?.[flag]).join(" ");
}

function exceptionsOf(t: ExecutionContext, document: { readonly cause?: unknown } | undefined) {
  const { cause } = document as Awaited<ReturnType<typeof daemon.trace>>[number];
  return (typeof cause === "object" && cause.exceptions) || t.fail("no exceptions");
}
