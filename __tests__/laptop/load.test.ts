import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { LoadRun } from "../../laptop/load/load-run.ts";
import { reportText } from "../../laptop/load/report.ts";
import { TargetError, targetOf } from "../../laptop/load/target.ts";
import { dueAt, type LoadProfile } from "../../model/load-profile.ts";
import { BARE_ENVIRONMENT } from "../bare-environment.ts";

const PROFILE: LoadProfile = {
  method: "POST",
  paths: ["/a", "/b", "/c"],
  rate: 100,
  durationSeconds: 1,
  rampSeconds: 0,
};

test("sends every request evenly and to each path in turn", async (t) => {
  const arrivals: { readonly path: string; readonly at: number }[] = [];
  const origin = await serve(t, ({ url = "" }, response) => {
    arrivals.push({ path: url, at: performance.now() });
    response.end();
  });
  const began = performance.now();
  const report = await new LoadRun(PROFILE, origin).done;
  t.like(report, { requests: 100, inProgress: 0, responses: { 200: 100 }, withoutResponse: {}, failed: 0 });
  const toEach = PROFILE.paths.map((each) => arrivals.filter(({ path }) => path === each).length);
  t.deepEqual(toEach, [34, 33, 33]);
  const early = arrivals.filter(({ at }, index) => at - began < 1000 * dueAt(PROFILE, index + 1) - 5);
  t.deepEqual(early, [], "no bursts");
});

test("requests continue while a service stalls, and every wait counts from when its request was due", async (t) => {
  let awake: Promise<void> | undefined;
  const origin = await serve(t, async (_request, response) => {
    awake ??= pause(300);
    await awake;
    response.end();
  });
  const { requests, latency } = await new LoadRun(PROFILE, origin).done;
  t.is(requests, 100);
  // Three in ten were due during the stall. With one request at a time, it would be one in seventy.
  t.true((latency?.p90 ?? 0) > 100, `p90 ${latency?.p90} ms`);
});

test("the slowest of 40 likes is their p99 and p99.9", async (t) => {
  let likes = 0;
  const origin = await serve(t, async (_request, response) => {
    likes += 1;
    await pause(likes === 7 ? 1_000 : 0);
    response.end();
  });
  const { latency } = await new LoadRun({ ...PROFILE, rate: 40 }, origin).done;
  t.true((latency?.max ?? 0) >= 1_000);
  t.is(latency?.p99, latency?.max);
  t.is(latency?.["p99.9"], latency?.max);
  t.true((latency?.p90 ?? Infinity) < (latency?.max ?? 0));
});

test("responses other than 2xx and missing responses are failures, counted separately", async (t) => {
  let request = 0;
  const origin = await serve(t, (_request, response) => {
    request += 1;
    if (request % 10 === 0) {
      response.destroy();
    } else {
      response.writeHead(request % 10 === 1 ? 503 : 200).end();
    }
  });
  const { responses, withoutResponse, failed } = await new LoadRun(PROFILE, origin).done;
  t.deepEqual(responses, { 200: 80, 503: 10 });
  t.is(
    Object.values(withoutResponse).reduce((sum, count) => sum + count, 0),
    10,
  );
  t.is(failed, 20);
});

test("stop sends no more requests, waits for those in progress, and reports", async (t) => {
  const origin = await serve(t, async (_request, response) => {
    await pause(300);
    response.end();
  });
  const run = new LoadRun({ ...PROFILE, durationSeconds: 600 }, origin);
  const [progress] = await once(run, "progress");
  t.true(progress.requests > 0);
  run.stop();
  const { requests } = run.report;
  const report = await run.done;
  t.is(report.requests, requests);
  t.deepEqual(report.responses, { 200: report.requests });
});

for (const address of [
  "http://127.0.0.1:8080",
  "http://localhost:8080",
  "http://127.9.9.9:80",
  "http://[::1]:8080",
  "http://2130706433:8080", // 127.0.0.1 according to the URL standard
]) {
  test(`accepts the target ${address}`, (t) => {
    t.is(targetOf(address, false), new URL(address).origin);
  });
}

for (const address of [
  "http://192.168.0.1",
  "https://example.com",
  "http://127.0.0.1.example.com",
  "http://[::ffff:10.0.0.1]",
]) {
  test(`accepts the target ${address} only if other machines are allowed`, (t) => {
    t.throws(() => targetOf(address, false), { instanceOf: TargetError, message: /--allow-another-machine/ });
    t.is(targetOf(address, true), new URL(address).origin);
  });
}

for (const address of ["localhost:8080", "8080", "file:///etc"]) {
  test(`rejects the target ${address}`, (t) => {
    t.throws(() => targetOf(address, true), { message: /^--url is ".*": expected an address such as/ });
  });
}

for (const [failed, requests, share] of [
  [0, 0, "0%"],
  [0, 1_000, "0%"],
  [1, 100_000, "0.01%"],
  [7, 1_000, "0.70%"],
  [1, 3, "33%"],
  [996, 1_000, "99.60%"],
  [99_999, 100_000, "99.99%"],
  [1_000, 1_000, "100%"],
] as const) {
  test(`${failed} of ${requests} likes that failed are ${share}`, (t) => {
    const none = { inProgress: 0, responses: {}, withoutResponse: {}, latency: undefined };
    const text = reportText({ ...none, seconds: 1, sendingSeconds: 1, requests, failed });
    t.is(text.split("\n").at(-1)?.split(/\s+/).at(-1), share);
  });
}

test("the command prints a report, and its exit code is 1 if a like failed", async (t) => {
  let status = 200;
  const paths = new Set<string | undefined>();
  const origin = await serve(t, ({ method, url }, response) => {
    paths.add(method === "POST" ? url : undefined);
    response.writeHead(status).end();
  });
  const good = await command(["--url", origin, ...SHORT]);
  t.is(good.code, 0, good.said + good.complained);
  t.regex(
    good.said,
    /^likes {7}20 in 2\.\d s {3}\d+\.\d\/s sent {3}\d+\.\d\/s answered\nresponses {3}200: 20\ntime {8}p50 .* ms\nfailed {6}0 {3}0%\n$/m,
  );
  t.is(paths.size, 1 + 12, "all mysfits, and the request that checks for a running system");
  status = 404;
  const bad = await command(["--url", origin, ...SHORT]);
  t.is(bad.code, 1);
  t.regex(bad.said, /^failed {6}20 {3}100%$/m);
});

test("Ctrl-C ends the load test with a report", async (t) => {
  const origin = await serve(t, (_request, response) => response.end());
  const running = command(["--url", origin, "--set", "load.rate=20"]);
  await once(running.child.stdout ?? t.fail(), "data");
  await pause(1_000);
  running.child.kill("SIGINT");
  running.child.kill("SIGINT"); // npm's copy of the first Ctrl-C
  const { code, said } = await running;
  t.is(code, 0);
  t.regex(said, /^failed {6}0 {3}0%$/m);
});

for (const [args, complaint, environment = {}] of [
  [["--url", "http://example.com"], /^--url is on another machine, example\.com: expected/],
  [["--set", "load.rate=0"], /^load\.rate is 0: expected 1 or more/],
  [["--url", "http://127.0.0.1:9"], /^nothing answers at http:\/\/127\.0\.0\.1:9: start the system first/],
  [[], /^PORT is "80x": expected an integer from 0 to 65535$/m, { PORT: "80x" }],
  [[], /^nothing answers at http:\/\/127\.0\.0\.1:9: start the system first/, { PORT: "9" }],
] as const) {
  test(`rejects ${JSON.stringify(environment)} ${args.join(" ")}`, async (t) => {
    const { code, complained } = await command(args, environment);
    t.is(code, 1);
    t.regex(complained, complaint);
  });
}

const SHORT = ["--set", "load.rate=10", "--set", "load.durationSeconds=2", "--set", "load.rampSeconds=0"];

const MAIN = join(import.meta.dirname, "../../laptop/load/main.ts");

function command(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  let child: ReturnType<typeof execFile> | undefined;
  const ended = new Promise<{ code: number; said: string; complained: string }>((resolve) => {
    const env = { ...BARE_ENVIRONMENT, ...environment };
    child = execFile(process.execPath, [MAIN, ...args], { env }, (error, said, complained) =>
      resolve({ code: error ? Number(error.code) : 0, said, complained }),
    );
  });
  return Object.assign(ended, { child: child as ReturnType<typeof execFile> });
}

async function serve(t: ExecutionContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.teardown(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
