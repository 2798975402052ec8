import test from "ava";
import { loadProfile } from "../../../model/load-profile.ts";
import type { Scaling } from "../../../model/scaling.ts";
import { defineServices } from "../../../model/services.ts";
import { loadSettings } from "../../../settings/load.ts";
import { loadOf } from "../../../tools/simulate/load.ts";
import type { Scenario } from "../../../tools/simulate/scenario.ts";
import { type Simulation, simulate } from "../../../tools/simulate/simulation.ts";
import { SETTINGS } from "../../model/monitored-system.ts";

const TIMING = { taskStartSeconds: 60, timeoutSeconds: 60, periodSeconds: 60, metricDelayPeriods: 1 };
const REQUEST = { cpuMs: 4, waitMs: 6, spread: 1 };

function run(
  load: Scenario["load"],
  overrides: readonly string[] = [],
  more: Partial<Scenario> = {},
  scaling?: Scaling,
): Simulation {
  const settings = loadSettings({ environment: "workshop", overrides });
  const { like } = defineServices(settings, { region: "", tableName: "", hostOf: () => "", siteOrigin: "" });
  const scenario: Scenario = {
    title: "",
    settings: { set: [] },
    load,
    request: REQUEST,
    timing: TIMING,
    ...more,
  };
  return simulate(scenario, scaling ? { ...like, scaling } : like, loadOf(scenario, loadProfile(SETTINGS)));
}

const minutes = (count: number) => count * 60;

/** 20 requests per second are 1,200 per minute, which is the +10 step. */
const JUMP: Scenario["load"] = [
  { rate: 1, forSeconds: minutes(3) },
  { rate: 20, forSeconds: minutes(8) },
  { rate: 1, forSeconds: minutes(9) },
];

test("step scaling follows a jump as calculated by hand", (t) => {
  const { periods } = run(JUMP);
  // The jump lasts from minute 4 to 11. Data is a minute late, so two high minutes are known at the end of minute 6. The
  // ten tasks run a minute later, the cooldown takes another minute, and so on. Minute 12 is the first quiet one: at the
  // end of minute 14, two quiet minutes and one missing one are known. Scale-in is immediate, then a two-minute cooldown.
  t.deepEqual(
    periods.map(({ desired }) => desired),
    [2, 2, 2, 2, 2, 12, 12, 22, 22, 32, 32, 42, 42, 37, 37, 37, 32, 32, 32, 27],
  );
  t.deepEqual(
    periods.map(({ serving }) => serving),
    [2, 2, 2, 2, 2, 2, 12, 12, 22, 22, 32, 32, 42, 42, 37, 37, 37, 32, 32, 32],
  );
});

test("with metrics that are not delayed, step scaling reacts a minute sooner", (t) => {
  const { periods } = run(JUMP, [], { timing: { ...TIMING, metricDelayPeriods: 0 } });
  t.is(
    periods.findIndex(({ desired }) => desired === 12),
    4,
  );
});

for (const [metricDelayPeriods, minute] of [
  [0, 6],
  [1, 7],
] as const) {
  test(`target tracking follows a jump with exactly the tasks it needs, with metrics ${metricDelayPeriods} minutes late`, (t) => {
    const { periods } = run(
      [
        { rate: 1, forSeconds: minutes(3) },
        { rate: 100, forSeconds: minutes(12) },
      ],
      ["services.like.scaling=requests-per-task"],
      { timing: { ...TIMING, metricDelayPeriods } },
    );
    // Minutes 4 to 6 are known: 6,000 requests per minute over two tasks, for a target of 500.
    t.is(periods[minute - 1]?.decision?.value, 3000);
    t.deepEqual(
      periods.map(({ desired }) => desired),
      [...Array(minute - 1).fill(2), ...Array(16 - minute).fill(12)],
    );
  });
}

test("a cooldown shorter than the metric delay adds far too many tasks", (t) => {
  const hasty = { kind: "requests-per-task", target: 500, cooldown: { out: 60, in: 120 } } as const;
  const { periods } = run([{ rate: 100, forSeconds: minutes(10) }], [], {}, hasty);
  t.deepEqual(
    periods.map(({ desired }) => desired),
    [2, 2, 2, 12, 12, 72, 72, 72, 72, 72],
  );
});

test("shorter periods give the same timeline in less time", (t) => {
  const short = JUMP.map((stretch) =>
    typeof stretch === "object" && "rate" in stretch ? { ...stretch, forSeconds: stretch.forSeconds / 12 } : stretch,
  );
  const timing = { ...TIMING, periodSeconds: 5, taskStartSeconds: 5 };
  t.deepEqual(
    run(short, [], { timing }).periods.map(({ desired }) => desired),
    run(JUMP).periods.map(({ desired }) => desired),
  );
});

test("the task count follows the laptop run in docs/simulator.md", (t) => {
  const { periods } = run(
    [
      { rate: 20, forSeconds: 10 },
      { rate: 0, forSeconds: 20 },
    ],
    ["services.like.maxTasks=4", "services.like.cpu=1024", "services.like.memory=2048"],
    { timing: { taskStartSeconds: 3, timeoutSeconds: 60, periodSeconds: 5, metricDelayPeriods: 0 } },
  );
  t.deepEqual(
    periods.map(({ alarms, serving, desired }) => [alarms.out ? "out" : alarms.in ? "in" : "-", serving, desired]),
    [
      ["-", 2, 2],
      ["out", 2, 4],
      ["out", 4, 4],
      ["-", 4, 4],
      ["in", 4, 2],
      ["in", 2, 2],
    ],
  );
});

test("without scaling, the task count stays at its setting", (t) => {
  const { periods } = run(JUMP, ["labs.scaling=off", "services.like.desiredTasks=5"]);
  t.true(periods.every(({ desired, serving, decision }) => desired === 5 && serving === 5 && decision === undefined));
});

test("CPU utilization is the request rate divided by the capacity", (t) => {
  const { periods } = run([{ rate: 50, forSeconds: minutes(5) }], ["labs.scaling=off"]);
  const last = periods.at(-1);
  t.is(Math.round(last?.capacity ?? 0), 125, "two quarters of a vCPU at 4 ms");
  t.true(Math.abs((last?.cpu ?? 0) - 40) < 1e-6);
});

test("a task that handles one request at a time is limited by the full request time", (t) => {
  const { periods } = run([{ rate: 50, forSeconds: minutes(5) }], ["labs.scaling=off"], {
    request: { ...REQUEST, waitMs: 84, concurrency: 1 },
  });
  t.is(Math.round(periods.at(-1)?.capacity ?? 0), 20, "two tasks at 16 ms and 84 ms");
});

for (const rate of [1000, 1_000_000]) {
  test(`at ${rate.toLocaleString("en-US")} requests per second every request is served, fails, or waits`, (t) => {
    const { periods, total, inside } = run([
      { rampTo: rate, forSeconds: minutes(10) },
      { rate, forSeconds: minutes(20) },
    ]);
    t.true(Math.abs(total.arrived / (rate * minutes(25)) - 1) < 1e-9);
    t.true(Math.abs(total.arrived - total.served - total.failed - inside) < 1e-8 * total.arrived);
    t.is(periods.at(-1)?.serving, 100);
    t.is(periods.at(-1)?.decision?.limit, "max");
  });
}

test("a million requests per second get the capacity of a hundred tasks, and no more", (t) => {
  const { total } = run([{ rate: 1_000_000, forSeconds: minutes(60) }]);
  const most = minutes(60) * 100 * 62.5;
  t.true(total.served < most);
  t.true(total.served > 0.8 * most);
});

test("tasks are billed from the scaling decision until they have drained", (t) => {
  const { periods } = run(JUMP);
  const first = periods[5];
  t.is(first?.taskSeconds, 2 * minutes(6));
  t.is(periods[6]?.taskSeconds, 2 * minutes(6) + 12 * 60);
  const [before, after] = [periods[13], periods[14]];
  t.is((after?.taskSeconds ?? 0) - (before?.taskSeconds ?? 0), 37 * 60 + 5 * 29, "the last second is not billed");
});
