import test from "ava";
import { loadSettings } from "../../settings/load.ts";
import { loadOf } from "../../simulate/load.ts";
import type { Scenario } from "../../simulate/scenario.ts";
import { type Simulation, simulate } from "../../simulate/simulation.ts";
import { describeAttack } from "../../specs/attack.ts";
import type { Scaling } from "../../specs/scaling.ts";
import { describeServices } from "../../specs/services.ts";
import { SETTINGS } from "../specs/watched-system.ts";

const SURROUNDINGS = { startSeconds: 60, patienceSeconds: 60, periodSeconds: 60, latePeriods: 1 };
const REQUEST = { cpuMs: 4, otherMs: 6, spread: 1 };

function run(
  load: Scenario["load"],
  overrides: readonly string[] = [],
  more: Partial<Scenario> = {},
  scaling?: Scaling,
): Simulation {
  const settings = loadSettings({ environment: "workshop", overrides });
  const [like] = describeServices(settings, { region: "", tableName: "", monolithHost: "", siteOrigin: "" });
  const scenario: Scenario = {
    title: "",
    settings: { set: [] },
    load,
    request: REQUEST,
    surroundings: SURROUNDINGS,
    ...more,
  };
  return simulate(scenario, scaling ? { ...like, scaling } : like, loadOf(scenario, describeAttack(SETTINGS)));
}

const minutes = (count: number) => count * 60;

/** 20 requests a second are 1,200 a minute: the step of +10. */
const JUMP: Scenario["load"] = [
  { rate: 1, forSeconds: minutes(3) },
  { rate: 20, forSeconds: minutes(8) },
  { rate: 1, forSeconds: minutes(9) },
];

test("the tasks answer to a jump as counted by hand", (t) => {
  const { periods } = run(JUMP);
  // The jump fills minutes 4 to 11. Of minute 5 nothing is in at its end, so two minutes are known at the end of 6. The
  // ten tasks run a minute later, another minute is the cooldown's, and so on. Minute 12 is the first quiet one: two of
  // them and one that is not in yet are known at the end of 14; those that go are gone at once, then two minutes' cooldown.
  t.deepEqual(
    periods.map(({ desired }) => desired),
    [2, 2, 2, 2, 2, 12, 12, 22, 22, 32, 32, 42, 42, 37, 37, 37, 32, 32, 32, 27],
  );
  t.deepEqual(
    periods.map(({ serving }) => serving),
    [2, 2, 2, 2, 2, 2, 12, 12, 22, 22, 32, 32, 42, 42, 37, 37, 37, 32, 32, 32],
  );
});

test("figures that come in at once are answered a minute sooner, where they were waited for", (t) => {
  const { periods } = run(JUMP, [], { surroundings: { ...SURROUNDINGS, latePeriods: 0 } });
  t.is(
    periods.findIndex(({ desired }) => desired === 12),
    4,
  );
});

for (const [latePeriods, minute] of [
  [0, 6],
  [1, 7],
] as const) {
  test(`target tracking answers to a jump with what it takes and no more, with figures ${latePeriods} minutes late`, (t) => {
    const { periods } = run(
      [
        { rate: 1, forSeconds: minutes(3) },
        { rate: 100, forSeconds: minutes(12) },
      ],
      ["services.like.scaling=requests-per-task"],
      { surroundings: { ...SURROUNDINGS, latePeriods } },
    );
    // Minutes 4 to 6 are known: 6,000 requests over two tasks, for a target of 500.
    t.is(periods[minute - 1]?.decision?.value, 3000);
    t.deepEqual(
      periods.map(({ desired }) => desired),
      [...Array(minute - 1).fill(2), ...Array(16 - minute).fill(12)],
    );
  });
}

test("a cooldown that ends before the figures of the new tasks are in multiplies the tasks for nothing", (t) => {
  const hasty = { kind: "requests-per-task", target: 500, cooldown: { out: 60, in: 120 } } as const;
  const { periods } = run([{ rate: 100, forSeconds: minutes(10) }], [], {}, hasty);
  t.deepEqual(
    periods.map(({ desired }) => desired),
    [2, 2, 2, 12, 12, 72, 72, 72, 72, 72],
  );
});

test("shorter periods give the same course in less time", (t) => {
  const short = JUMP.map((stretch) =>
    typeof stretch === "object" && "rate" in stretch ? { ...stretch, forSeconds: stretch.forSeconds / 12 } : stretch,
  );
  const surroundings = { ...SURROUNDINGS, periodSeconds: 5, startSeconds: 5 };
  t.deepEqual(
    run(short, [], { surroundings }).periods.map(({ desired }) => desired),
    run(JUMP).periods.map(({ desired }) => desired),
  );
});

test("the tasks go up and down as they did in the laptop run that docs/simulator.md tells of", (t) => {
  const { periods } = run(
    [
      { rate: 20, forSeconds: 10 },
      { rate: 0, forSeconds: 20 },
    ],
    ["services.like.maxTasks=4", "services.like.cpu=1024", "services.like.memory=2048"],
    { surroundings: { startSeconds: 3, patienceSeconds: 60, periodSeconds: 5, latePeriods: 0 } },
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

test("without scaling the tasks stay as the settings have them", (t) => {
  const { periods } = run(JUMP, ["labs.scaling=off", "services.like.desiredTasks=5"]);
  t.true(periods.every(({ desired, serving, decision }) => desired === 5 && serving === 5 && decision === undefined));
});

test("utilisation is the requests over what the tasks could serve", (t) => {
  const { periods } = run([{ rate: 50, forSeconds: minutes(5) }], ["labs.scaling=off"]);
  const last = periods.at(-1);
  t.is(Math.round(last?.capacity ?? 0), 125, "two quarters of a vCPU at 4 ms");
  t.true(Math.abs((last?.cpu ?? 0) - 40) < 1e-6);
});

test("a task that takes one request at once is no faster than that", (t) => {
  const { periods } = run([{ rate: 50, forSeconds: minutes(5) }], ["labs.scaling=off"], {
    request: { ...REQUEST, otherMs: 84, atOnce: 1 },
  });
  t.is(Math.round(periods.at(-1)?.capacity ?? 0), 20, "two tasks at 16 ms and 84 ms");
});

for (const rate of [1000, 1_000_000]) {
  test(`at ${rate.toLocaleString("en-US")} requests a second each is served, fails or waits`, (t) => {
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

test("a million requests a second get what a hundred tasks can give, and no more", (t) => {
  const { total } = run([{ rate: 1_000_000, forSeconds: minutes(60) }]);
  const most = minutes(60) * 100 * 62.5;
  t.true(total.served < most);
  t.true(total.served > 0.8 * most);
});

test("tasks are paid for from their decision until they have drained", (t) => {
  const { periods } = run(JUMP);
  const first = periods[5];
  t.is(first?.taskSeconds, 2 * minutes(6));
  t.is(periods[6]?.taskSeconds, 2 * minutes(6) + 12 * 60);
  const [before, after] = [periods[13], periods[14]];
  t.is((after?.taskSeconds ?? 0) - (before?.taskSeconds ?? 0), 37 * 60 + 5 * 29, "the second of its end is not paid");
});
