import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type { ExecutionContext } from "ava";
import { LoadRun } from "../../laptop/load/load-run.ts";
import { goProblem, goProgram } from "../go-program.ts";
import { VEGETA_PROGRAM } from "../modules/load-generator/vegeta.ts";
import { testNeeding } from "../needs.ts";

const RATE = 40;
const SECONDS = 5;

/** Milliseconds of a response. Of 200 requests, 170 take the first, 24 the second, and 6 the last. */
const TIMES = [50, 1_000, 4_000] as const;

testNeeding(goProblem(VEGETA_PROGRAM))("the laptop's load report has the same figures as Vegeta's", async (t) => {
  t.timeout(10 * 60_000, "builds Vegeta the first time");
  const vegeta = await undisturbed(async () => vegetaReport(t, await serve(t)), wasDelayed);
  const profile = { method: "POST", paths: ["/like"], rate: RATE, durationSeconds: SECONDS, rampSeconds: 0 } as const;
  const laptop = await undisturbed(async () => new LoadRun(profile, await serve(t)).done);

  t.is(laptop.requests, vegeta.requests);
  t.deepEqual(laptop.responses, vegeta.status_codes);
  t.is(1 - laptop.failed / laptop.requests, vegeta.success);
  t.is(vegeta.success, 0.9);
  const { p50 = 0, p95 = 0, p99 = 0 } = laptop.latency ?? {};
  t.deepEqual([p50, p95, p99].map(nearest), [...TIMES]);
  t.deepEqual(timesOf(vegeta), [...TIMES]);
  // The send rate must not depend on how long the last responses take: divided by the time until the last one, it would be half.
  const difference = laptop.requests / laptop.sendingSeconds / vegeta.rate - 1;
  t.true(Math.abs(difference) < 0.3, `${difference}`);
});

/** Milliseconds by which a busy machine may delay the server or a request. */
const DELAY = 400;

/**
 * Measures again while the machine is so busy that this process stands still, or the one that it started: that would be measured
 * instead.
 */
async function undisturbed<Result>(
  measure: () => Promise<Result>,
  isDisturbed: (result: Result) => boolean = () => false,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    const delay = monitorEventLoopDelay();
    delay.enable();
    const result = await measure();
    delay.disable();
    if ((delay.max / 1e6 < DELAY && !isDisturbed(result)) || attempt === 20) {
      return result;
    }
  }
}

/** True if Vegeta itself stood still, so that it sent too slowly or too few requests, or measured its own delay. */
function wasDelayed(report: VegetaReport): boolean {
  const isOnTime = report.requests === RATE * SECONDS && Math.abs(report.rate / RATE - 1) < 0.1;
  return !isOnTime || !timesOf(report).every((time, index) => time === TIMES[index]);
}

function timesOf({ latencies }: VegetaReport): readonly (number | undefined)[] {
  return [latencies["50th"], latencies["95th"], latencies["99th"]].map((nanoseconds) => nearest(nanoseconds / 1e6));
}

/** The response time of the server that is closest. A busy machine adds to it. */
function nearest(milliseconds: number): number | undefined {
  return [...TIMES].sort((a, b) => Math.abs(a - milliseconds) - Math.abs(b - milliseconds))[0];
}

interface VegetaReport {
  readonly requests: number;
  readonly success: number;
  readonly rate: number;
  readonly status_codes: Readonly<Record<string, number>>;
  /** Nanoseconds. */
  readonly latencies: Readonly<Record<"50th" | "95th" | "99th", number>>;
}

async function vegetaReport(t: ExecutionContext, origin: string): Promise<VegetaReport> {
  const folder = mkdtempSync(join(tmpdir(), "vegeta-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const targets = join(folder, "targets");
  const results = join(folder, "results.gob");
  writeFileSync(targets, `POST ${origin}/like\n`);
  const run = promisify(execFile);
  const program = goProgram(VEGETA_PROGRAM);
  await run(program, [
    "attack",
    `-rate=${RATE}/1s`,
    `-duration=${SECONDS}s`,
    `-targets=${targets}`,
    `-output=${results}`,
  ]);
  const { stdout } = await run(program, ["report", "-type=json", results]);
  return JSON.parse(stdout);
}

/** Serves fixed response times in a fixed order. One request in ten fails. */
async function serve(t: ExecutionContext): Promise<string> {
  let requests = 0;
  const server = createServer(async (_request, response) => {
    const place = requests++ % 200;
    await pause(place % 33 === 7 ? TIMES[2] : place % 8 === 3 ? TIMES[1] : TIMES[0]);
    response.writeHead(place % 10 === 9 ? 503 : 200).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.teardown(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
