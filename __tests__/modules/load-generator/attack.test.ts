import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { parseEnv, promisify } from "node:util";
import type { ExecutionContext } from "ava";
import { type Emulator, findMoto, startEmulator } from "../../../emulator/emulator.ts";
import { userData, VEGETA } from "../../../modules/load-generator/user-data.ts";
import { loadSettings } from "../../../settings/load.ts";
import { describeAttack } from "../../../specs/attack.ts";
import { aws, whyNoAwsCli } from "../../aws-cli.ts";
import { testNeeding } from "../../needs.ts";

// What the unit of the load generator runs, with the real AWS CLI against the emulator. Vegeta is played: it notes how it is
// called, and its reports name the results that they are of.

const test = testNeeding(findMoto(), whyNoAwsCli());

const PLAYED_VEGETA = `#!/bin/bash
echo "$*" >>"$CALLS"
for argument; do
  case $argument in
    -output=*) echo results >"\${argument#-output=}" ;;
  esac
done
if [ "$1" = report ]; then echo "$*"; fi
`;

/** The first second is one of a slow ramp, in which nothing is due. */
const STEPS = "0 1\n5 10\n84 840\n";

const OPTIONS = "-timeout=10s -dns-ttl=60s -max-body=0";

const REPORT = "report step-0002.gob step-0003.gob\n";
const JSON_REPORT = "report -type=json step-0002.gob step-0003.gob\n";
const HISTOGRAM = "report -type=hist[0,25ms,50ms,100ms,250ms,500ms,1s,2500ms,5s] step-0002.gob step-0003.gob\n";

test("an attack goes step by step, and its reports end in S3 and in CloudWatch Logs", async (t) => {
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  const machine = install(t, emulator);

  await t.throwsAsync(machine.attack(), { message: /NoSuchBucket/ }, "what nobody takes keeps the machine on");
  await aws(emulator, "s3api", "create-bucket", "--bucket", "reports");
  await aws(emulator, "logs", "create-log-group", "--log-group-name", "/load-generator");
  const output = await machine.attack();
  t.deepEqual(output.split("\n").slice(0, 3), [
    "step 1: 0 requests in 1 s",
    "step 2: 5 requests in 10 s",
    "step 3: 84 requests in 840 s",
  ]);
  t.deepEqual(machine.calls().slice(0, 2), [
    `attack -targets=${machine.folder}/targets -rate=5/10s -duration=10s ${OPTIONS} -output=step-0002.gob`,
    `attack -targets=${machine.folder}/targets -rate=84/840s -duration=840s ${OPTIONS} -output=step-0003.gob`,
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

/** Lays the files of the load test where the test may write, as the user data does on an instance. */
function install(t: ExecutionContext, emulator: Emulator) {
  const folder = mkdtempSync(join(tmpdir(), "load-test-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const script = userData({
    attack: describeAttack(loadSettings({ environment: "workshop", overrides: [] })),
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
  writeFileSync(join(programs, "vegeta"), PLAYED_VEGETA, { mode: 0o755 });
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
    /** How Vegeta was called in the last attack. */
    calls: () => readFileSync(calls, "utf8").split("\n"),
    attack: async () => {
      rmSync(calls, { force: true });
      const { stdout } = await promisify(execFile)("bash", [join(folder, "attack.sh")], { env: environment });
      return stdout;
    },
    /** What lies in the bucket, by key. */
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
