import test from "ava";
import { fires } from "../../model/monitoring/alarm.ts";
import type { Sum } from "../../model/monitoring/metric.ts";
import { stepAlarm } from "../../model/monitoring/scaling.ts";
import { type Direction, type Scaling, type StepPolicy, stepAt, stepScaling } from "../../model/scaling.ts";
import { defineServices } from "../../model/services.ts";
import { loadSettings } from "../../settings/load.ts";
import { MONITORING } from "./monitored-system.ts";

const ELSEWHERE = { region: "us-west-2", tableName: "mysfits", hostOf: () => "monolith", siteOrigin: "" };

function described(environment: string, ...overrides: string[]) {
  const { like, monolith } = defineServices(loadSettings({ environment, overrides }), ELSEWHERE);
  return { like, monolith };
}

function steps(scaling: Scaling | undefined) {
  if (scaling?.kind !== "steps") {
    throw new Error(`like scales by ${scaling?.kind}: expected steps`);
  }
  return scaling;
}

const { like } = described("workshop");
const LIKE = steps(like.scaling);

const OUT: StepPolicy = {
  threshold: 1000,
  minutes: 2,
  cooldown: 60,
  steps: [
    { from: 1000, to: 2000, change: 10 },
    { from: 2000, to: Infinity, change: 20 },
  ],
};
const IN: StepPolicy = {
  ...OUT,
  steps: [
    { from: 1000, to: 100, change: -10 },
    { from: 100, to: -Infinity, change: -5 },
  ],
};

/** Invalid policies and their errors. */
const REFUSED: readonly (readonly [message: string, out: Partial<StepPolicy>, scaleIn?: Partial<StepPolicy>])[] = [
  ["scale-out has 0 steps: expected 1 to 20", { steps: [] }],
  [
    "scale-out has 21 steps: expected 1 to 20",
    { steps: Array.from({ length: 21 }, (_, i) => ({ from: 1000 + i, to: 1001 + i, change: 1 })) },
  ],
  [
    "scale-out: step 1100 to Infinity leaves a gap before it: expected it to begin at 1000",
    { steps: [{ from: 1100, to: Infinity, change: 10 }] },
  ],
  [
    "scale-out: step 900 to Infinity overlaps the step before it: expected it to begin at 1000",
    { steps: [{ from: 900, to: Infinity, change: 10 }] },
  ],
  [
    "scale-out: step 2100 to Infinity leaves a gap before it: expected it to begin at 2000",
    {
      steps: [
        { from: 1000, to: 2000, change: 10 },
        { from: 2100, to: Infinity, change: 20 },
      ],
    },
  ],
  [
    "scale-out: step 1900 to Infinity overlaps the step before it: expected it to begin at 2000",
    {
      steps: [
        { from: 1000, to: 2000, change: 10 },
        { from: 1900, to: Infinity, change: 20 },
      ],
    },
  ],
  [
    "scale-out: step 2000 to Infinity leaves a gap before it: expected it to begin at 1000",
    {
      steps: [
        { from: 2000, to: Infinity, change: 20 },
        { from: 1000, to: 2000, change: 10 },
      ],
    },
  ],
  [
    "scale-out: step 2000 to 3000 overlaps the step before it: expected it to begin at Infinity",
    {
      steps: [
        { from: 1000, to: Infinity, change: 10 },
        { from: 2000, to: 3000, change: 20 },
      ],
    },
  ],
  ["scale-out: the last step ends at 2000: expected Infinity", { steps: [{ from: 1000, to: 2000, change: 10 }] }],
  [
    "scale-out: step 1000 to 100 has the wrong direction: expected upwards",
    { steps: [{ from: 1000, to: 100, change: 10 }] },
  ],
  [
    "scale-out: step 1000 to 1000 has the wrong direction: expected upwards",
    { steps: [{ from: 1000, to: 1000, change: 10 }] },
  ],
  [
    "scale-out: step 1000 to NaN has the wrong direction: expected upwards",
    { steps: [{ from: 1000, to: Number.NaN, change: 10 }] },
  ],
  [
    "scale-out: step 1000 to Infinity changes -10 tasks: expected a whole number, 1 task or more",
    { steps: [{ from: 1000, to: Infinity, change: -10 }] },
  ],
  [
    "scale-out: step 1000 to Infinity changes 0 tasks: expected a whole number, 1 task or more",
    { steps: [{ from: 1000, to: Infinity, change: 0 }] },
  ],
  [
    "scale-out: step 1000 to Infinity changes 1.5 tasks: expected a whole number, 1 task or more",
    { steps: [{ from: 1000, to: Infinity, change: 1.5 }] },
  ],
  ["scale-out: threshold is -1: expected a whole number, 0 or more", { threshold: -1 }],
  ["scale-out: minutes is 0: expected a whole number, 1 or more", { minutes: 0 }],
  ["scale-out: cooldown is 0.5: expected a whole number, 0 or more", { cooldown: 0.5 }],
  [
    "scale-in: step 1000 to Infinity has the wrong direction: expected downwards",
    {},
    { steps: [{ from: 1000, to: Infinity, change: -10 }] },
  ],
  [
    "scale-in: step 200 to -Infinity overlaps the step before it: expected it to begin at 100",
    {},
    {
      steps: [
        { from: 1000, to: 100, change: -10 },
        { from: 200, to: -Infinity, change: -5 },
      ],
    },
  ],
  [
    "scale-in: step 50 to -Infinity leaves a gap before it: expected it to begin at 100",
    {},
    {
      steps: [
        { from: 1000, to: 100, change: -10 },
        { from: 50, to: -Infinity, change: -5 },
      ],
    },
  ],
  ["scale-in: the last step ends at 0: expected -Infinity", {}, { steps: [{ from: 1000, to: 0, change: -10 }] }],
  [
    "scale-in: step 1000 to -Infinity changes 10 tasks: expected a whole number, -1 task or fewer",
    {},
    { steps: [{ from: 1000, to: -Infinity, change: 10 }] },
  ],
  [
    "scale-in begins at 1001: expected no more than 1000, where scale-out begins, because otherwise both would act between the two",
    {},
    { threshold: 1001, steps: [{ from: 1001, to: -Infinity, change: -5 }] },
  ],
];

for (const [message, out, scaleIn = {}] of REFUSED) {
  test(`rejected: ${message}`, (t) => {
    t.throws(() => stepScaling({ out: { ...OUT, ...out }, in: { ...IN, ...scaleIn } }), {
      instanceOf: RangeError,
      message,
    });
  });
}

test("policies may have a gap between them in which nothing scales", (t) => {
  const scaling = stepScaling({
    out: OUT,
    in: { ...IN, threshold: 500, steps: [{ from: 500, to: -Infinity, change: -1 }] },
  });
  const message = /^scale-(out|in) has no step for 501 requests: it begins at (1000|500)$/;
  t.throws(() => stepAt("out", scaling.out, 501), { instanceOf: RangeError, message });
  t.throws(() => stepAt("in", scaling.in, 501), { instanceOf: RangeError, message });
  t.is(stepAt("in", scaling.in, 500).change, -1);
});

test("the like service scales as in lab 4", (t) => {
  const { steps: out } = LIKE.out;
  const { steps: scaleIn } = LIKE.in;
  t.deepEqual(like.tasks, { min: 2, desired: 2, max: 100 });
  t.deepEqual(
    out.map(({ from, to, change }) => [from, to, change]),
    [
      [1000, 2000, 10],
      [2000, 4000, 20],
      [4000, Infinity, 25],
    ],
  );
  t.deepEqual(
    scaleIn.map(({ from, to, change }) => [from, to, change]),
    [
      [1000, 100, -10],
      [100, -Infinity, -5],
    ],
  );
});

const CHANGES: readonly (readonly [requests: number, direction: Direction, change: number])[] = [
  [0, "in", -5],
  [99, "in", -5],
  [100, "in", -5], // in AWS, the lower bound of a scale-in step belongs to the step below
  [101, "in", -10],
  [1000, "in", -10],
  [1000, "out", 10],
  [1999, "out", 10],
  [2000, "out", 20],
  [3999, "out", 20],
  [4000, "out", 25],
  [60_000_000, "out", 25],
];

test("the number of requests selects the step", (t) => {
  for (const [requests, direction, change] of CHANGES) {
    t.is(stepAt(direction, LIKE[direction], requests).change, change, `${requests} requests`);
  }
});

/** True for each scaling alarm of the like service that fires on these requests to one group, newest minute first. */
function alarms(group: number, minutes: readonly (number | undefined)[]) {
  const requests: Sum = MONITORING.services.like.metrics.requests;
  const direction = (name: "out" | "in") =>
    fires(stepAlarm(name, LIKE[name], requests), (metric, ago) =>
      metric === requests.of[group] ? minutes[ago] : undefined,
    );
  return { out: direction("out"), in: direction("in") };
}

for (const [group, color] of ["blue", "green"].entries()) {
  test(`two minutes of requests to the ${color} group trigger scaling`, (t) => {
    t.deepEqual(alarms(group, [1001, 1001, 0]), { out: true, in: false });
    t.deepEqual(alarms(group, [999, 999, 999]), { out: false, in: true });
    t.deepEqual(alarms(group, [5000, 0, 0]), { out: false, in: false });
    t.deepEqual(alarms(group, [1000, 1000, 1000]), { out: true, in: true });
    t.deepEqual(alarms(group, [999, 999, 1001]), { out: false, in: false });
  });

  test(`missing data of the ${color} group neither stops a scale-out nor starts a scale-in`, (t) => {
    t.deepEqual(alarms(group, [undefined, 1001, 1001]), { out: true, in: false });
    t.deepEqual(alarms(group, [undefined, 500, 5000]), { out: false, in: false });
    t.deepEqual(alarms(group, [undefined, 500, 500]), { out: false, in: true });
  });
}

test("when the requests stop altogether, tasks are removed and none are added", (t) => {
  t.deepEqual(alarms(0, []), { out: false, in: true });
  t.is(stepAlarm("in", LIKE.in, MONITORING.services.like.metrics.requests).missing, "breaching");
  t.is(stepAlarm("out", LIKE.out, MONITORING.services.like.metrics.requests).missing, "notBreaching");
});

test("the settings select the scaling policy of like, and the monolith tracks its CPU", (t) => {
  const kind = (scaling: string) => described("workshop", `services.like.scaling=${scaling}`).like.scaling?.kind;
  t.is(kind("requests-per-task"), "requests-per-task");
  t.is(kind("cpu"), "cpu");
  t.is(described("production").like.scaling?.kind, "cpu");
  t.is(described("workshop").monolith.scaling?.kind, "cpu");
});

test("without lab 4, there is no scaling policy", (t) => {
  const { like, monolith } = described("workshop", "labs.scaling=off");
  t.is(like.scaling, undefined);
  t.is(monolith.scaling, undefined);
});
