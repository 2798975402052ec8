import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import test from "ava";
import type { FoundLines, LogLine } from "../../../console/messages/logs.ts";
import type { FoundTraces } from "../../../console/messages/traces.ts";
import { type Console, startConsole } from "../../../local/console/console.ts";
import { isObserved, type ObservedSystem } from "../../../local/console/page.ts";
import { readLine } from "../../../local/logs/log-line.ts";
import { StartError } from "../../../local/start.ts";
import { startSystem } from "../../../local/system.ts";
import { until } from "../../until.ts";
import { dataFolder, ignore, settings } from "../running-system.ts";

// One system for all tests, one after the other: they look at what is kept, and put some of it there.

const teardowns: (() => unknown)[] = [];
let system: ObservedSystem;
let webConsole: Console;

test.before(async (t) => {
  const folder = dataFolder({ ...t, teardown: (end) => void teardowns.push(end) } as typeof t);
  const started = await startSystem({ settings, port: 0, folder, observability: true, print: ignore });
  teardowns.push(started.stop);
  if (!isObserved(started)) {
    throw new Error("the system is not observed");
  }
  system = started;
  webConsole = await startConsole(system, 0);
  teardowns.push(() => webConsole.stop());
});

test.after.always(async () => {
  for (const end of teardowns.reverse()) {
    await end();
  }
});

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks with whatever headers, which `fetch` would not send. */
async function ask(path: string, { method = "GET", headers = {}, body = "" }: Asked = {}) {
  const question = request(webConsole.address + path, { method, headers }).end(body);
  const [answer] = await once(question, "response");
  return { status: answer.statusCode as number, headers: answer.headers, body: await text(answer) };
}

async function json<Answer>(path: string): Promise<Answer> {
  const { status, body } = await ask(path);
  if (status !== 200) {
    throw new Error(`${path}: ${status} ${body}`);
  }
  return JSON.parse(body);
}

test.serial("answers with its pages, and lets them run and load nothing but their own", async (t) => {
  const page = await ask("/logs?q=x");
  t.is(page.status, 200);
  t.regex(page.body, /<script type="module" src="\/app\.js">/);
  const policy = String(page.headers["content-security-policy"]);
  t.true(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self';"), policy);
  const script = await ask("/app.js");
  t.regex(String(script.headers["content-type"]), /^text\/javascript/);
  t.is((await ask("/app.js", { headers: { "if-none-match": String(script.headers.etag) } })).status, 304);
  t.is((await ask("/app.css")).status, 200);
  t.is((await ask("/missing.js")).status, 404);
  t.notRegex(script.body + (await ask("/app.css")).body, /https?:\/\/(?!www\.w3\.org|localhost)[\w.]+\//);
});

for (const [who, asked, status] of [
  ["a name that leads here", { headers: { host: "evil.example:9000" } }, 421],
  ["an address without its port", { headers: { host: "127.0.0.1" } }, 421],
  ["another site's page", { headers: { origin: "https://evil.example" } }, 403],
  ["another site's page without an origin", { headers: { "sec-fetch-site": "cross-site" } }, 403],
  ["a page of another port", { headers: { "sec-fetch-site": "same-site", origin: "http://localhost:1" } }, 403],
  ["a form of another site", { method: "POST", headers: { origin: "null", "sec-fetch-site": "cross-site" } }, 403],
  [
    "a link, but to what is no page",
    { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" } },
    403,
  ],
] as const satisfies readonly (readonly [string, Asked, number])[]) {
  test.serial(`refuses ${who}`, async (t) => {
    const answer = await ask("/api/traces/groups", asked);
    t.is(answer.status, status, answer.body);
    t.notRegex(answer.body, /odd-likes/);
  });
}

test.serial("follows a link from anywhere to a page, and answers its own page", async (t) => {
  const linked = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  t.is((await ask("/traces", { headers: linked })).status, 200);
  const own = { origin: webConsole.address, "sec-fetch-site": "same-origin" };
  t.is((await ask("/api/traces/groups", { headers: own })).status, 200);
});

for (const [path, status, message] of [
  ["/api/nothing", 404, "there is no GET /api/nothing"],
  ["/api/live?topics=weather", 400, "topics: there is no weather"],
  ["/api/logs?search=x&from=yesterday", 400, 'from is "yesterday": expected number'],
  ["/api/logs?search=x&bar=1", 400, 'bar is "1": expected 1000 milliseconds or more'],
  ["/api/traces?filter=&order=best", 400, 'order is "best": expected newest or slowest'],
  ["/api/traces?order=newest", 400, "filter is missing: expected string"],
  [
    `/api/traces?order=newest&filter=${"x".repeat(3_000)}`,
    400,
    `filter is "${"x".repeat(99)}: expected 2000 characters or less`,
  ],
  ["/api/logs/line?number=123456789", 404, "the line is not there any more: newer ones have taken its place"],
] as const) {
  test.serial(`says what is wrong with ${path}`, async (t) => {
    const answer = await ask(path);
    t.is(answer.status, status);
    t.is(JSON.parse(answer.body).error, message);
  });
}

test.serial("says where a question cannot be understood", async (t) => {
  const filter = encodeURIComponent('service("like service") { slow }');
  t.deepEqual(Object.keys(await json<object>(`/api/traces?filter=${filter}&order=newest`)), ["misunderstood", "at"]);
  t.like(await json("/api/logs?search=status%3E"), { at: 7 });
  t.like(await json("/api/logs/ask?question=filter%20x%20%7C%20sing"), { at: 9 });
});

test.serial("a port that is taken is named, with the way to another", async (t) => {
  const port = Number(new URL(webConsole.address).port);
  await t.throwsAsync(startConsole(system, port), {
    instanceOf: StartError,
    message: `port ${port} for the console is not to be had: choose another, as in CONSOLE_PORT=9001 npm start`,
  });
});

const LIKE = { program: "like", task: "4f1ac0" };

test.serial("a line of a megabyte is found, shown in short, and read in full up to its limit", async (t) => {
  const { logs } = system.observability;
  logs.add(LIKE, readLine(`huge ${"é".repeat(512 * 1024)}`));
  const { lines } = await json<FoundLines>("/api/logs?search=huge");
  t.is(lines.length, 1);
  t.is(lines[0]?.message.length, 400);
  const whole = await json<LogLine & { readonly text: string }>(`/api/logs/line?number=${lines[0]?.number}`);
  t.is(whole.text.length, 256 * 1024);
});

test.serial("a clock that jumps loses no line, and what came last stays on top", async (t) => {
  const { logs } = system.observability;
  const hour = 3_600_000;
  for (const [number, jump] of [0, 30 * 365 * 24 * hour, -hour, -56 * 365 * 24 * hour, 0].entries()) {
    const time = new Date(Date.now() + jump).toISOString();
    logs.add(LIKE, readLine(JSON.stringify({ name: "like", level: 30, time, msg: `jump ${number}` })));
  }
  const { lines, bars, matched } = await json<FoundLines>("/api/logs?search=jump&bar=1000");
  t.deepEqual(
    lines.map(({ message }) => message),
    ["jump 4", "jump 3", "jump 2", "jump 1", "jump 0"],
  );
  t.is(matched, 5);
  t.true(bars.length >= 4 && bars.length <= 5);
});

test.serial("a search through everything lets others have their turn", async (t) => {
  const { logs } = system.observability;
  for (let number = 0; number < 200_000; number += 1) {
    logs.add(LIKE, readLine(`{"name":"like","level":30,"time":"2026-01-01T12:00:00Z","msg":"line ${number}"}`));
  }
  const order: string[] = [];
  const search = ask("/api/logs?search=nothing%3D1&bar=60000").then(() => order.push("search"));
  await pause(50);
  await ask("/api/traces/groups").then(() => order.push("other"));
  await search;
  t.deepEqual(order, ["other", "search"]);
});

test.serial("lines that come while a tab looks are found after the last that it has", async (t) => {
  const { logs } = system.observability;
  const { next } = await json<FoundLines>("/api/logs?search=fresh");
  logs.add(LIKE, readLine("fresh 1"));
  logs.add(LIKE, readLine("stale"));
  logs.add(LIKE, readLine("fresh 2"));
  const found = await json<FoundLines>(`/api/logs?search=fresh&after=${next - 1}`);
  t.deepEqual(
    found.lines.map(({ message }) => message),
    ["fresh 2", "fresh 1"],
  );
  t.true(found.next >= next + 3);
});

test.serial("traces are found by a filter, and again when more of them has come", async (t) => {
  const { traces } = system.observability;
  const now = Date.now() / 1000;
  const segment = (id: string, more: object = {}) =>
    traces.add(
      JSON.stringify({
        trace_id: "1-5759e988-000000000000000000000001",
        id,
        name: "like service",
        start_time: now,
        end_time: now + 2,
        http: { request: { method: "POST", url: "http://localhost/mysfits/x/like" }, response: { status: 200 } },
        ...more,
      }),
    );
  segment("000000000000000a");
  const ask = (after = 0) =>
    json<FoundTraces>(`/api/traces?order=slowest&after=${after}&filter=${encodeURIComponent("responsetime > 1")}`);
  const found = await ask();
  t.like(found.traces[0], { duration: 2, method: "POST", path: "/mysfits/x/like", status: 200, kind: "ok" });
  t.deepEqual((await ask(found.revision)).traces, []);
  segment("000000000000000b", { parent_id: "000000000000000a", name: "monolith service", fault: true });
  const [again] = (await ask(found.revision)).traces;
  t.like(again, { kind: "fault", services: ["like service", "monolith service"] });
});

/** Bytes of everything on the heap that is still needed. */
function memoryInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

test.serial("10,000 reconnects leave nothing behind", async (t) => {
  const port = Number(new URL(webConsole.address).port);
  const question = `GET /api/live?topics=shell,overview HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`;
  const reconnect = async () => {
    const socket = connect(port, "127.0.0.1");
    socket.write(question);
    const [chunk] = await once(socket, "data");
    socket.destroy();
    return String(chunk).startsWith("HTTP/1.1 200");
  };
  await reconnect();
  const before = memoryInUse();
  for (let batch = 0; batch < 500; batch += 1) {
    const answers = await Promise.all(Array.from({ length: 20 }, reconnect));
    t.true(answers.every(Boolean));
  }
  await until(() => webConsole.tabs === 0);
  const more = (memoryInUse() - before) / 1024 ** 2;
  t.true(more < 5, `${more} MiB more`);
  t.is((await ask("/overview")).status, 200);
});

test.serial("as many tabs as there can be are told, and one more is told to wait", async (t) => {
  const port = Number(new URL(webConsole.address).port);
  const sockets = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const socket = connect(port, "127.0.0.1");
      socket.write(`GET /api/live?topics=shell HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
      await once(socket, "data");
      return socket;
    }),
  );
  t.is(webConsole.tabs, 100);
  t.is((await ask("/api/live?topics=shell")).status, 503);
  for (const socket of sockets) {
    socket.destroy();
  }
  await until(() => webConsole.tabs === 0);
  t.pass();
});
