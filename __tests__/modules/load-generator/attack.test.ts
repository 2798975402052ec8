import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { parseEnv, promisify } from "node:util";
import type { ExecutionContext } from "ava";
import { loadProfile } from "../../../model/load-profile.ts";
import { MYSFITS } from "../../../model/mysfits.ts";
import { userData, VEGETA } from "../../../modules/load-generator/user-data.ts";
import { loadSettings } from "../../../settings/load.ts";
import { type Emulator, motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { aws, awsCliProblem } from "../../aws-cli.ts";
import { testNeeding } from "../../needs.ts";
import { until } from "../../until.ts";

// Runs the load generator's script with the real AWS CLI against the emulator. Vegeta is a fake that records its arguments
// and targets, and whose reports consist of its arguments.

const test = testNeeding(motoProblem, awsCliProblem);

/** Like a Vegeta whose last responses are outstanding, it ends only when the last step of the load test has started. */
const FAKE_VEGETA = `#!/bin/bash
echo "$*" >>"$CALLS"
if [ "$1" = report ]; then echo "$*"; exit; fi
for argument; do results="\${argument#-output=}"; done
cat >"$results.targets"
cut -d' ' -f1 /proc/uptime >"$results.start"
for ((try = 0; try < 600; try++)); do
  if [ -e step-0004.gob.start ]; then echo results >"$results"; exit; fi
  sleep 0.1
done
echo "the last step did not start" >&2
exit 1
`;

/** Step 2 fails while step 4 sends requests for an hour. */
const FAILING_VEGETA = `#!/bin/bash
echo "$*" >>"$CALLS"
case $* in
  *step-0002.gob)
    while ! [ -s step-0004.gob.process ]; do sleep 0.1; done
    exit 7 ;;
  *step-0004.gob)
    echo $$ >step-0004.gob.process
    exec sleep 3600 ;;
esac
`;

/** In the first second of a slow ramp, no request is due. Nothing waits for the end of the last step. */
const STEPS = "0 1\n5 1\n9 1\n84 840\n";

const OPTIONS = "-timeout=10s -dns-ttl=60s -max-body=0";

const REPORT = "report step-0002.gob step-0003.gob step-0004.gob\n";
const JSON_REPORT = "report -type=json step-0002.gob step-0003.gob step-0004.gob\n";
const HISTOGRAM =
  "report -type=hist[0,25ms,50ms,100ms,250ms,500ms,1s,2500ms,5s] step-0002.gob step-0003.gob step-0004.gob\n";

test("a load test runs step by step, and its reports go to S3 and CloudWatch Logs", async (t) => {
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  const machine = install(t, emulator);

  await t.throwsAsync(
    machine.runLoadTest(),
    { message: /NoSuchBucket/ },
    "a report that cannot be uploaded keeps the machine running",
  );
  await aws(emulator, "s3api", "create-bucket", "--bucket", "reports");
  await aws(emulator, "logs", "create-log-group", "--log-group-name", "/load-generator");
  const output = await machine.runLoadTest();
  t.deepEqual(output.split("\n").slice(0, 4), [
    "step 1: 0 requests in 1 s",
    "step 2: 5 requests in 1 s",
    "step 3: 9 requests in 1 s",
    "step 4: 84 requests in 840 s",
  ]);
  t.deepEqual(machine.calls().slice(0, 3).sort(), [
    `attack -rate=5/1s -duration=1s ${OPTIONS} -output=step-0002.gob`,
    `attack -rate=84/840s -duration=840s ${OPTIONS} -output=step-0004.gob`,
    `attack -rate=9/1s -duration=1s ${OPTIONS} -output=step-0003.gob`,
  ]);

  const [, run = ""] = /^report in s3:\/\/reports\/(\S+) and in log stream \1$/m.exec(output) ?? [];
  t.regex(run, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
  t.deepEqual(await machine.reports(), {
    [`${run}/histogram.txt`]: HISTOGRAM,
    [`${run}/report.json`]: JSON_REPORT,
    [`${run}/report.txt`]: REPORT,
  });
  const stream = ["--log-group-name", "/load-generator", "--log-stream-name", run];
  const { events } = await aws<{ events: { message: string }[] }>(emulator, "logs", "get-log-events", ...stream);
  t.deepEqual(
    events.map(({ message }) => message),
    [REPORT, HISTOGRAM, JSON_REPORT],
  );
});

test("each step starts when it is due and continues with the next mysfit", async (t) => {
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  const machine = install(t, emulator);
  await aws(emulator, "s3api", "create-bucket", "--bucket", "reports");
  await aws(emulator, "logs", "create-log-group", "--log-group-name", "/load-generator");
  const begin = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  // The fake fails unless the last step starts before the others end.
  await machine.runLoadTest();

  const targets = MYSFITS.map(({ id }) => `POST http://balancer.example/mysfits/${id}/like`);
  const from = (first: number) => [...targets.slice(first), ...targets.slice(0, first)];
  t.is(targets.length, 12);
  t.deepEqual(machine.targets(2), from(0));
  t.deepEqual(machine.targets(3), from(5));
  t.deepEqual(machine.targets(4), from(2), "after 14 requests");
  for (const step of [2, 3, 4]) {
    t.true(machine.startOf(step) - begin >= step - 1, `step ${step} starts too early`);
  }
});

test("a failed step fails the load test, without a report and without a running Vegeta", async (t) => {
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  const machine = install(t, emulator, FAILING_VEGETA);
  await t.throwsAsync(machine.runLoadTest(), { code: 7 });
  t.false(machine.calls().some((call) => call.startsWith("report")));
  await until(() => !isRunning(machine.processOf(4)));
  t.pass();
});

/** Places the files of the load test in a temporary folder, as the user data does on an instance. */
function install(t: ExecutionContext, emulator: Emulator, vegeta = FAKE_VEGETA) {
  const folder = mkdtempSync(join(tmpdir(), "load-test-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const script = userData({
    profile: loadProfile(loadSettings({ environment: "workshop", overrides: [] })),
    origin: "http://balancer.example",
    region: "us-east-1",
    reports: "s3://reports",
    logGroup: "/load-generator",
    powerOff: true,
    vegeta: VEGETA,
  });
  for (const [, path = "", text = ""] of script.matchAll(/\/dev\/stdin (\S+) <<'END-OF-FILE'\n(.*?)END-OF-FILE/gs)) {
    writeFileSync(join(folder, basename(path)), text);
  }
  writeFileSync(join(folder, "steps"), STEPS);
  const programs = join(folder, "bin");
  mkdirSync(programs);
  writeFileSync(join(programs, "vegeta"), vegeta, { mode: 0o755 });
  const state = join(folder, "state");
  mkdirSync(state);
  const calls = join(folder, "calls");
  const environment = {
    ...process.env,
    ...parseEnv(readFileSync(join(folder, "environment"), "utf8")),
    ...emulator.environment,
    PATH: `${programs}:${process.env.PATH}`,
    LOAD_TEST: folder,
    STATE_DIRECTORY: state,
    CALLS: calls,
  };
  return {
    folder,
    /** Arguments of each call of Vegeta in the last load test. */
    calls: () => readFileSync(calls, "utf8").split("\n"),
    /** Targets of a step, in Vegeta's order. */
    targets: (step: number) =>
      readFileSync(join(state, `step-000${step}.gob.targets`), "utf8")
        .trim()
        .split("\n"),
    /** Start of a step, in seconds since boot. */
    startOf: (step: number) => Number(readFileSync(join(state, `step-000${step}.gob.start`), "utf8")),
    processOf: (step: number) => Number(readFileSync(join(state, `step-000${step}.gob.process`), "utf8")),
    runLoadTest: async () => {
      rmSync(calls, { force: true });
      const { stdout } = await promisify(execFile)("bash", [join(folder, "attack.sh")], { env: environment });
      return stdout;
    },
    /** Contents of the bucket's objects, by key. */
    reports: async () => {
      const copy = join(folder, "copy");
      await promisify(execFile)("aws", ["s3", "cp", "--recursive", "--quiet", "s3://reports", copy], {
        env: environment,
      });
      const files = readdirSync(copy, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
      return Object.fromEntries(paths.map((path) => [relative(copy, path), readFileSync(path, "utf8")]));
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
