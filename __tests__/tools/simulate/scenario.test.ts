import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { SettingsError } from "../../../settings/settings-error.ts";
import { checkSize, readScenario, ScenarioError } from "../../../tools/simulate/scenario.ts";

const folder = mkdtempSync(join(tmpdir(), "mysfits-scenario-"));
test.after.always(() => rmSync(folder, { recursive: true }));

function read(yaml: string) {
  const file = join(folder, `${Math.random()}.yaml`);
  writeFileSync(file, yaml);
  try {
    return readScenario(file);
  } catch (error) {
    (error as Error).message = (error as Error).message.replaceAll(file, "FILE");
    throw error;
  }
}

const SCENARIO = `
title: A try
load: [{ rate: 10, forSeconds: 60 }]
request: { cpuMs: 4, waitMs: 6 }
`;

test("defaults match AWS", (t) => {
  const { settings, request, timing } = read(SCENARIO);
  t.deepEqual(settings, { set: [] });
  t.is(request.spread, 1);
  t.deepEqual(timing, { taskStartSeconds: 60, timeoutSeconds: 60, periodSeconds: 60, metricDelayPeriods: 1 });
});

const INVALID: readonly (readonly [what: string, yaml: string, message: string])[] = [
  ["an empty file", "", "FILE: the file is null: expected names with values"],
  [
    "a number for a map",
    SCENARIO.replace(/request: .*/, "request: 4"),
    "FILE: request is 4: expected names with values",
  ],
  ["no title", SCENARIO.replace(/title.*/, ""), "FILE: title is missing: expected a one-line title"],
  ["an unknown key", `${SCENARIO}\nlod: 1`, "FILE: lod is 1: no such key in a scenario"],
  ["a negative rate", SCENARIO.replace("rate: 10", "rate: -1"), "FILE: load.0.rate is -1: expected 0 or more"],
  [
    "a phase without a rate",
    SCENARIO.replace("rate: 10", "speed: 10"),
    'FILE: load.0 is {"speed":10,"forSeconds":60}: expected load-test, or rate or rampTo (requests per second) with forSeconds',
  ],
  ["no load", SCENARIO.replace(/load: .*/, "load: []"), "FILE: load is []: expected at least one phase"],
  ["zero CPU time", SCENARIO.replace("cpuMs: 4", "cpuMs: 0"), "FILE: request.cpuMs is 0: expected more than 0"],
  [
    "a renamed section",
    `${SCENARIO}\nsurroundings: { startSeconds: 30 }`,
    'FILE: surroundings is {"startSeconds":30}: expected the name timing',
  ],
  [
    "a renamed key",
    SCENARIO.replace("waitMs", "otherMs"),
    "FILE: request.waitMs is missing: expected a number\nFILE: request.otherMs is 6: expected the name waitMs",
  ],
  [
    "a timeout beyond the load balancer's timeout",
    `${SCENARIO}\ntiming: { timeoutSeconds: 61 }`,
    "FILE: timing.timeoutSeconds is 61: expected 60 or less, after which the load balancer gives up",
  ],
];

for (const [what, yaml, message] of INVALID) {
  test(`rejects ${what}`, (t) => {
    t.throws(() => read(yaml), { instanceOf: ScenarioError, message });
  });
}

test("a missing file and a file that is not YAML are rejected by name", (t) => {
  t.throws(() => readScenario(join(folder, "none.yaml")), {
    instanceOf: ScenarioError,
    message: /none\.yaml: expected a scenario file, found nothing$/,
  });
  t.throws(() => read("title: [A try"), { instanceOf: SettingsError, message: /^FILE: Flow sequence.* column \d+$/ });
});

test("scenarios that would take too long to simulate are rejected", (t) => {
  const scenario = read(SCENARIO);
  t.notThrows(() => checkSize(scenario, 172_800, 100_000));
  t.throws(() => checkSize(scenario, 172_801, 10), {
    instanceOf: ScenarioError,
    message: "load lasts 172801 seconds: expected 172800 (2880 periods) or less",
  });
  t.throws(() => checkSize(scenario, 60, 100_001), {
    instanceOf: ScenarioError,
    message: "100001 requests could wait in a task: expected 100000 or less; reduce timing.timeoutSeconds",
  });
});
