import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { readScenario, refuseEndless, ScenarioError } from "../../simulate/scenario.ts";

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
request: { cpuMs: 4, otherMs: 6 }
`;

test("what a scenario leaves out is as in AWS", (t) => {
  const { settings, request, surroundings } = read(SCENARIO);
  t.deepEqual(settings, { set: [] });
  t.is(request.spread, 1);
  t.deepEqual(surroundings, { startSeconds: 60, patienceSeconds: 60, periodSeconds: 60, latePeriods: 1 });
});

const REFUSED: readonly (readonly [what: string, yaml: string, message: string])[] = [
  ["nothing at all", "", "FILE: the file is null: expected object"],
  ["a number for a map", SCENARIO.replace(/request: .*/, "request: 4"), "FILE: request is 4: expected object"],
  ["no title", SCENARIO.replace(/title.*/, ""), "FILE: title is missing: expected a line that says what is tried"],
  ["a name of nothing", `${SCENARIO}\nlod: 1`, "FILE: lod: nothing of a scenario has that name"],
  ["a rate below nothing", SCENARIO.replace("rate: 10", "rate: -1"), "FILE: load.0.rate is -1: expected 0 or more"],
  [
    "a stretch of no kind",
    SCENARIO.replace("rate: 10", "speed: 10"),
    'FILE: load.0 is {"speed":10,"forSeconds":60}: expected attack, or rate or rampTo (requests a second) with forSeconds',
  ],
  ["no load", SCENARIO.replace(/load: .*/, "load: []"), "FILE: load is []: expected one stretch or more"],
  ["work of nothing", SCENARIO.replace("cpuMs: 4", "cpuMs: 0"), "FILE: request.cpuMs is 0: expected more than 0"],
  [
    "longer patience than the load balancer's",
    `${SCENARIO}\nsurroundings: { patienceSeconds: 61 }`,
    "FILE: surroundings.patienceSeconds is 61: expected 60 or less, after which the load balancer gives up",
  ],
];

for (const [what, yaml, message] of REFUSED) {
  test(`refused: ${what}`, (t) => {
    t.throws(() => read(yaml), { instanceOf: ScenarioError, message });
  });
}

test("a file that is not there or is no YAML is refused by its name", (t) => {
  t.throws(() => readScenario(join(folder, "none.yaml")), {
    instanceOf: ScenarioError,
    message: /none\.yaml: expected a scenario file: ENOENT/,
  });
  t.throws(() => read("title: [A try"), { instanceOf: ScenarioError, message: /^FILE: Flow sequence/ });
});

test("what would take too long to reckon is refused", (t) => {
  const scenario = read(SCENARIO);
  t.notThrows(() => refuseEndless(scenario, 172_800, 100_000));
  t.throws(() => refuseEndless(scenario, 172_801, 10), {
    instanceOf: ScenarioError,
    message: "load lasts 172801 seconds: expected 172800 (2880 periods) or less",
  });
  t.throws(() => refuseEndless(scenario, 60, 100_001), {
    instanceOf: ScenarioError,
    message:
      "100001 requests could wait in a task: expected 100000 or less, with a smaller surroundings.patienceSeconds",
  });
});
