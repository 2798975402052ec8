import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import test from "ava";
import type { FoundLines, LogLine } from "../../../../laptop/console/pages/logs/messages.ts";
import type { FoundTraces } from "../../../../laptop/console/pages/traces/messages.ts";
import { type Console, requireConsolePort, startConsole } from "../../../../laptop/console/server/console.ts";
import { isObserved, type ObservedSystem } from "../../../../laptop/console/server/page-server.ts";
import { readLine } from "../../../../laptop/system/processes/log-line.ts";
import { StartError } from "../../../../laptop/system/start.ts";
import { startSystem } from "../../../../laptop/system.ts";
import { until } from "../../../until.ts";
import { dataFolder, discardOutput, settings } from "../../running-system.ts";

// All tests share one system and run serially, because they add lines and traces to it.

const teardowns: (() => unknown)[] = [];
let system: ObservedSystem;
let webConsole: Console;

test.before(async (t) => {
  const folder = dataFolder({ ...t, teardown: (end) => void teardowns.push(end) } as typeof t);
  const started = await startSystem({ settings, port: 0, folder, observability: true, print: discardOutput });
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

/** Sends headers that `fetch` does not allow. */
async function ask(path: string, { method = "GET", headers = {}, body = "" }: Asked = {}) {
  const question = request(webConsole.address + path, { method, headers }).end(body);
  const [answer] = await once(question, "response");
  return { status: answer.statusCode as number, headers: answer.headers, body: await text(answer) };
}

async function json<Body>(path: string): Promise<Body> {
  const { status, body } = await ask(path);
  if (status !== 200) {
    throw new Error(`${path}: ${status} ${body}`);
  }
  return JSON.parse(body);
}

test.serial("serves its pages with a policy that allows only its own scripts and styles", async (t) => {
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
  // An error message of Marked names its repository.
  const loaded = script.body.replace("https://github.com/markedjs/marked.", "") + (await ask("/app.css")).body;
  t.notRegex(loaded, /https?:\/\/(?!www\.w3\.org|localhost)[\w.]+\//);
});

for (const [who, asked, status] of [
  ["another host name for this address", { headers: { host: "evil.example:9000" } }, 421],
  ["a Host header without the port", { headers: { host: "127.0.0.1" } }, 421],
  ["another site's page", { headers: { origin: "https://evil.example" } }, 403],
  ["another site's page without an origin", { headers: { "sec-fetch-site": "cross-site" } }, 403],
  ["a page of another port", { headers: { "sec-fetch-site": "same-site", origin: "http://localhost:1" } }, 403],
  ["a form of another site", { method: "POST", headers: { origin: "null", "sec-fetch-site": "cross-site" } }, 403],
  ["a link to an API path", { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" } }, 403],
] as const satisfies readonly (readonly [string, Asked, number])[]) {
  test.serial(`rejects ${who}`, async (t) => {
    const answer = await ask("/api/traces/groups", asked);
    t.is(answer.status, status, answer.body);
    t.notRegex(answer.body, /odd-likes/);
  });
}

test.serial("allows links from other sites to a page, and requests from its own pages", async (t) => {
  const linked = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  t.is((await ask("/traces", { headers: linked })).status, 200);
  const own = { origin: webConsole.address, "sec-fetch-site": "same-origin" };
  t.is((await ask("/api/traces/groups", { headers: own })).status, 200);
});

for (const [path, status, message] of [
  ["/api/nothing", 404, "there is no GET /api/nothing"],
  ["/api/events?channels=weather", 400, "unknown channel: weather"],
  ["/api/logs?search=x&from=yesterday", 400, 'from is "yesterday": expected a number'],
  ["/api/logs?search=x&bar=1", 400, 'bar is "1": expected 1000 milliseconds or more'],
  ["/api/traces?filter=&order=best", 400, 'order is "best": expected newest or slowest'],
  ["/api/traces?order=newest", 400, "filter is missing: expected text"],
  [
    `/api/traces?order=newest&filter=${"x".repeat(3_000)}`,
    400,
    `filter is "${"x".repeat(99)}: expected 2000 characters or less`,
  ],
  ["/api/runbook?page=nothing", 404, "the runbook has no page nothing"],
  ["/api/runbook?page=..%2Flaptop", 400, 'page is "../laptop": expected the name of a runbook page'],
  ["/api/logs/line?number=123456789", 404, "the line is no longer kept: newer lines have replaced it"],
] as const) {
  test.serial(`explains the error in ${path}`, async (t) => {
    const answer = await ask(path);
    t.is(answer.status, status);
    t.is(JSON.parse(answer.body).error, message);
  });
}

test.serial("reports the position of a syntax error in a query", async (t) => {
  const filter = encodeURIComponent('service("like service") { slow }');
  t.deepEqual(Object.keys(await json<object>(`/api/traces?filter=${filter}&order=newest`)), ["queryError", "at"]);
  t.like(await json("/api/logs?search=status%3E"), { at: 7 });
  t.like(await json("/api/logs/insights?query=filter%20x%20%7C%20sing"), { at: 9 });
});

test.serial("a port in use is reported with a way to choose another", async (t) => {
  const port = Number(new URL(webConsole.address).port);
  for (const attempt of [() => requireConsolePort(port), () => startConsole(system, port)]) {
    await t.throwsAsync(attempt, {
      instanceOf: StartError,
      message: `port ${port} of the console is already in use: choose another, as in CONSOLE_PORT=9001 npm start`,
    });
  }
  await t.notThrowsAsync(requireConsolePort(0));
});

const LIKE = { program: "like", task: "4f1ac0" };

test.serial("a line of two megabytes is found, shortened in the list, and complete up to its limit", async (t) => {
  const { logs } = system.observability;
  logs.add(LIKE, readLine(`huge ${"é".repeat(2 * 1024 * 1024)}`));
  const { lines } = await json<FoundLines>("/api/logs?search=huge");
  t.is(lines.length, 1);
  t.is(lines[0]?.message.length, 400);
  const whole = await json<LogLine & { readonly text: string }>(`/api/logs/line?number=${lines[0]?.number}`);
  t.is(whole.text.length, 1024 * 1024);
});

test.serial("when the clock jumps, no line is lost, and the last line stays on top", async (t) => {
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

test.serial("a search through everything does not block other requests", async (t) => {
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

test.serial("a search finds the lines that arrived after the last result", async (t) => {
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

test.serial("a trace is found by a filter, and again when it has changed", async (t) => {
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

test.serial("a trace that matched while it was incomplete leaves the results", async (t) => {
  const { traces } = system.observability;
  const now = Date.now() / 1000;
  const add = (trace: number, id: string, more: object) =>
    traces.add(
      JSON.stringify({
        trace_id: `1-5759e988-00000000000000000000002${trace}`,
        id,
        name: "slow service",
        start_time: now,
        end_time: now + 1,
        ...more,
      }),
    );
  const ask = async (after = 0) => {
    const filter = encodeURIComponent('service("slow service") AND http.status = 200 AND !partial');
    const found = await json<FoundTraces>(`/api/traces?order=newest&after=${after}&filter=${filter}`);
    return {
      ...found,
      ids: found.traces.map(({ id }) => Number(id.at(-1))),
      left: found.left.map((id) => Number(id.at(-1))),
    };
  };
  const status = (code: number) => ({ http: { response: { status: code } } });
  add(1, "000000000000000b", { ...status(200), parent_id: "000000000000000a" });
  add(2, "000000000000000c", status(200));
  add(3, "000000000000000d", status(500));
  const first = await ask();
  t.deepEqual([first.matched, first.ids, first.left], [2, [2, 1], []]);

  // The caller's document comes after the callee's, and is the root.
  add(1, "000000000000000f", {
    ...status(502),
    subsegments: [{ id: "000000000000000a", name: "call", start_time: now }],
  });
  const second = await ask(first.revision);
  t.deepEqual([second.matched, second.ids, second.left], [-1, [], [1]]);

  add(2, "000000000000000e", { name: "another service" });
  add(3, "000000000000001e", { name: "another service" });
  add(4, "000000000000002e", status(200));
  const third = await ask(second.revision);
  t.deepEqual([third.matched, third.ids, third.left], [1, [4, 2], []]);

  add(2, "000000000000003e", { in_progress: true, end_time: undefined });
  add(4, "000000000000002e", status(404));
  const fourth = await ask(third.revision);
  t.deepEqual([fourth.matched, fourth.ids, fourth.left.sort()], [-2, [], [2, 4]]);
  t.deepEqual((await ask()).matched, 0);

  // Documents that arrive while the server searches.
  const changedSince = traces.changedSince.bind(traces);
  traces.changedSince = (revision) => {
    const ids = changedSince(revision);
    add(5, "000000000000002f", status(200));
    add(6, "000000000000003f", status(404));
    traces.changedSince = changedSince;
    return ids;
  };
  add(5, "000000000000002f", status(404));
  add(6, "000000000000003f", status(200));
  const during = await ask(fourth.revision);
  t.deepEqual([during.matched, during.ids, during.left], [1, [6], []]);
  const after = await ask(during.revision);
  t.deepEqual([after.matched, after.ids, after.left], [0, [5], [6]]);
});

/** Bytes of live objects on the heap. */
function memoryInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

test.serial("10,000 reconnects leak no memory", async (t) => {
  const port = Number(new URL(webConsole.address).port);
  const question = `GET /api/events?channels=shell,overview HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`;
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

test.serial("100 tabs can connect, and one more is rejected", async (t) => {
  const port = Number(new URL(webConsole.address).port);
  const sockets = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const socket = connect(port, "127.0.0.1");
      socket.write(`GET /api/events?channels=shell HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
      await once(socket, "data");
      return socket;
    }),
  );
  t.is(webConsole.tabs, 100);
  t.is((await ask("/api/events?channels=shell")).status, 503);
  for (const socket of sockets) {
    socket.destroy();
  }
  await until(() => webConsole.tabs === 0);
  t.pass();
});
