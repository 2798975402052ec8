import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import ava, { type ExecutionContext } from "ava";
import { MYSFITS } from "../../../model/mysfits.ts";
import { type Emulator, motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { aws, awsCliProblem } from "../../aws-cli.ts";
import { goProblem, goProgram } from "../../go-program.ts";
import { testNeeding } from "../../needs.ts";
import { until } from "../../until.ts";
import { VEGETA_PROGRAM } from "./vegeta.ts";

// Runs the load generator's script with the real Vegeta and the real AWS CLI against the emulator.

const SCRIPT = join(import.meta.dirname, "../../../modules/load-generator/attack.sh");

const BUCKET = "reports";
const LOG_GROUP = "/load-generator";

/** A ramp in three steps, with 36 requests: each of the twelve mysfits three times. */
const STEPS = "6 1\n10 1\n20 1\n";

const test = testNeeding(motoProblem, awsCliProblem, goProblem(VEGETA_PROGRAM));

let emulator: Promise<Emulator> | undefined;

ava.after.always(async () => (await emulator)?.stop());

test("a load test likes every mysfit in turn, and reports to S3 and CloudWatch Logs", async (t) => {
  const liked: string[] = [];
  const origin = await serve(t, ({ method, url = "" }, response) => {
    liked.push(`${method} ${url}`);
    response.end();
  });
  const { code, output } = await run(t, origin, STEPS);
  t.is(code, 0, output);

  const expected = MYSFITS.map(({ id }) => `POST /mysfits/${id}/like`).flatMap((like) => [like, like, like]);
  t.deepEqual(liked.toSorted(), expected.toSorted());
  const report = await reportOf(output);
  t.like(report.json, { requests: 36, success: 1, status_codes: { 200: 36 } });
  t.true(report.json.duration >= 2e9, "three steps of a second each");
  t.regex(report.text, /^Requests +\[total, rate, throughput\] +36, /m);
  t.regex(report.histogram, /^\[5s, +\+Inf\] +0 /m);
});

test("a slow target changes neither the ramp nor the number of requests", async (t) => {
  const arrivals: number[] = [];
  const origin = await serve(t, (_request, response) => {
    arrivals.push(performance.now());
    setTimeout(() => response.end(), 4_000);
  });
  const { code, output } = await run(t, origin, STEPS);
  t.is(code, 0, output);
  t.true(
    Math.max(...arrivals) - Math.min(...arrivals) < 2 * 4_000,
    "no step waits for the responses of the one before",
  );
  const { json } = await reportOf(output);
  t.like(json, { requests: 36, success: 1 });
  t.true(json.latencies["50th"] >= 4e9);
});

test("a target that is down is reported", async (t) => {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
  const { code, output } = await run(t, origin, "4 1\n");
  t.is(code, 0, output);
  const { json } = await reportOf(output);
  t.like(json, { requests: 4, success: 0, status_codes: { 0: 4 } });
  t.regex(json.errors[0] ?? "", /connection refused/);
});

test("requests without a response end after ten seconds and are reported", async (t) => {
  const origin = await serve(t, () => {});
  const { code, output } = await run(t, origin, "4 1\n");
  t.is(code, 0, output);
  const { json } = await reportOf(output);
  t.like(json, { requests: 4, success: 0, status_codes: { 0: 4 } });
  t.true(json.latencies["50th"] >= 9.9e9);
  t.regex(json.errors[0] ?? "", /Client.Timeout exceeded/);
});

test("a stop in the middle leaves no Vegeta and no report", async (t) => {
  let likes = 0;
  const origin = await serve(t, (_request, response) => {
    likes += 1;
    response.end();
  });
  const { script, ended } = await start(t, origin, "3600 360\n");
  await until(() => likes > 0);
  const attacks = childrenOf(script);
  t.true(attacks.length > 0);
  // systemd sends SIGTERM to every process of the unit.
  for (const pid of [script.pid as number, ...attacks]) {
    process.kill(pid, "SIGTERM");
  }
  const { code, output } = await ended;
  t.not(code, 0);
  t.notRegex(output, /report in/);
  await until(() => attacks.every((pid) => !isRunning(pid)));
});

async function run(t: ExecutionContext, origin: string, steps: string) {
  return (await start(t, origin, steps)).ended;
}

/** Starts the script as the unit does, with Vegeta on its PATH. */
async function start(t: ExecutionContext, origin: string, steps: string) {
  t.timeout(5 * 60_000, "builds Vegeta the first time");
  const folder = mkdtempSync(join(tmpdir(), "load-test-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const [programs, state] = [join(folder, "bin"), join(folder, "state")] as const;
  mkdirSync(programs);
  mkdirSync(state);
  symlinkSync(goProgram(VEGETA_PROGRAM), join(programs, "vegeta"));
  writeFileSync(join(folder, "steps"), steps);
  writeFileSync(join(folder, "targets"), MYSFITS.map(({ id }) => `POST ${origin}/mysfits/${id}/like\n`).join(""));
  const { environment } = await emulated();
  const script = spawn("bash", [SCRIPT], {
    env: {
      ...process.env,
      ...environment,
      AWS_DEFAULT_REGION: "us-east-1",
      LOAD_TEST: folder,
      STATE_DIRECTORY: state,
      REPORTS: `s3://${BUCKET}`,
      LOG_GROUP,
      PATH: `${programs}:${process.env.PATH}`,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => script.kill("SIGKILL"));
  const ended = Promise.all([text(script.stdout), once(script, "exit")]).then(([output, [code]]) => ({ code, output }));
  return { script, ended };
}

/** One emulator for all tests, with the bucket and the log group of the reports. */
function emulated(): Promise<Emulator> {
  emulator ??= startEmulator().then(async (started) => {
    await aws(started, "s3api", "create-bucket", "--bucket", BUCKET);
    await aws(started, "logs", "create-log-group", "--log-group-name", LOG_GROUP);
    return started;
  });
  return emulator;
}

interface Report {
  readonly requests: number;
  readonly success: number;
  /** Nanoseconds between the first request and the last. */
  readonly duration: number;
  readonly latencies: Readonly<Record<"50th", number>>;
  readonly status_codes: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
}

/** Reads the reports from the log stream, and checks that the bucket has them too. */
async function reportOf(output: string) {
  const [, name = ""] = /^report in s3:\/\/reports\/(\S+) and in log stream \1$/m.exec(output) ?? [];
  const started = await emulated();
  const stream = ["--log-group-name", LOG_GROUP, "--log-stream-name", name];
  const { events } = await aws<{ events: { message: string }[] }>(started, "logs", "get-log-events", ...stream);
  const [report = "", histogram = "", json = ""] = events.map(({ message }) => message);
  const { Contents } = await aws<{ Contents: { Key: string }[] }>(
    started,
    "s3api",
    "list-objects-v2",
    "--bucket",
    BUCKET,
    "--prefix",
    name,
  );
  const keys = Contents.map(({ Key }) => Key.slice(name.length + 1));
  if (keys.join() !== "histogram.txt,report.json,report.txt") {
    throw new Error(`the bucket has ${keys.join()}`);
  }
  return { text: report, histogram, json: JSON.parse(json) as Report };
}

async function serve(t: ExecutionContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.teardown(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function childrenOf({ pid }: ChildProcess): number[] {
  return execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map(Number);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
