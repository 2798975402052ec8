import test from "ava";
import fc from "fast-check";
import { AutoScaling, type Decision, type Evaluation } from "../../model/auto-scaling.ts";
import type { Bounds, Scaling, StepScaling, TargetTracking } from "../../model/scaling.ts";
import { defineServices } from "../../model/services.ts";
import { MONITORING, SETTINGS } from "./monitored-system.ts";

const { metrics } = MONITORING.services.like;

function like(scaling: "steps" | "requests-per-task" | "cpu") {
  const { services } = SETTINGS;
  const {
    like: { scaling: described },
  } = defineServices(
    { ...SETTINGS, services: { ...services, like: { ...services.like, scaling } } },
    { region: "us-west-2", tableName: "mysfits", hostOf: () => "monolith", siteOrigin: "" },
  );
  return described as Scaling;
}

const STEPS = like("steps") as StepScaling;
const PER_TASK = like("requests-per-task") as TargetTracking;
const CPU = like("cpu") as TargetTracking;

interface Figures {
  readonly requests?: number;
  readonly cpu?: number;
  readonly runningTasks?: number;
}

interface Play {
  readonly bounds?: Bounds;
  readonly desired?: number;
  readonly period?: number;
  /** Number of periods in which tasks start and stop. */
  readonly takes?: number;
}

/** Runs auto scaling period by period and returns the evaluations and the desired tasks after each. */
function play(
  scaling: Scaling,
  figures: readonly (Figures | ((tasks: number) => Figures))[],
  { bounds = { min: 2, max: 100 }, desired = bounds.min, period = 60, takes = 0 }: Play = {},
) {
  const scaler = new AutoScaling(scaling, metrics, bounds, desired, period);
  const past: Figures[] = [];
  const wanted: number[] = [desired];
  const evaluations: Evaluation[] = figures.map((next, index) => {
    const running = wanted[Math.max(0, wanted.length - 1 - takes)] as number;
    past.unshift(typeof next === "function" ? next(running) : next);
    const evaluation = scaler.evaluate({
      time: (index + 1) * period,
      running,
      reading: (metric, ago) => {
        const of = past[ago];
        return metric === metrics.requests.of[0]
          ? of?.requests
          : metric === metrics.cpu
            ? of?.cpu
            : metric === metrics.runningTasks
              ? of?.runningTasks
              : undefined;
      },
    });
    wanted.push(scaler.desired);
    return evaluation;
  });
  return { wanted: wanted.slice(1), decisions: evaluations.map(({ decision }) => decision), evaluations };
}

const requests = (...numbers: readonly number[]): readonly Figures[] => numbers.map((one) => ({ requests: one }));

function limits(decisions: readonly (Decision | undefined)[]) {
  return decisions.map((decision) => decision?.limit);
}

test("an alarm that keeps firing adds its step again after the cooldown", (t) => {
  const { wanted, decisions } = play(STEPS, requests(1500, 1500, 1500, 1500, 1500, 1500));
  // Minute 2 is the second beyond the threshold. The tasks start immediately, so each cooldown begins a minute later.
  t.deepEqual(wanted, [2, 12, 12, 22, 22, 32]);
  t.deepEqual(limits(decisions), [undefined, undefined, "cooldown", undefined, "cooldown", undefined]);
  t.deepEqual(decisions[1], {
    time: 120,
    policy: "steps",
    direction: "out",
    value: 1500,
    threshold: 1000,
    from: 2,
    to: 12,
    step: STEPS.out.steps[0],
    limit: undefined,
  });
});

test("a cooldown begins when the new tasks are running", (t) => {
  const { wanted } = play(STEPS, requests(1500, 1500, 1500, 1500, 1500, 1500, 1500), { takes: 2 });
  t.deepEqual(wanted, [2, 12, 12, 12, 12, 22, 22]);
});

test("during a scale-out cooldown, a larger step adds only the difference", (t) => {
  const { wanted, decisions } = play(STEPS, requests(1500, 1500, 2500, 4500, 4500, 4500), { takes: 4 });
  t.deepEqual(wanted, [2, 12, 22, 27, 27, 27]);
  t.deepEqual(limits(decisions), [undefined, undefined, "cooldown", "cooldown", "cooldown", "cooldown"]);
  t.is(decisions[3]?.step?.change, 25);
});

test("a count outside the bounds changes toward them only, and at least to the nearer one", (t) => {
  const bounds = { min: 20, max: 30 };
  const busy = requests(1500, 1500, 1500);
  const quiet = requests(0, 0, 0, 0);
  // A step adds 10 tasks.
  t.deepEqual(play(STEPS, busy, { bounds, desired: 5 }).wanted, [5, 20, 20]);
  t.deepEqual(play(STEPS, busy, { bounds, desired: 15 }).wanted, [15, 25, 25]);
  t.deepEqual(play(STEPS, busy, { bounds, desired: 50 }).wanted, [50, 50, 50]);
  t.is(play(STEPS, quiet, { bounds, desired: 5 }).wanted.at(-1), 5);
  t.deepEqual([...new Set(play(STEPS, quiet, { bounds, desired: 50 }).wanted)], [30, 25]);
});

test("scale-in waits for its cooldown and never goes below the minimum", (t) => {
  const { wanted, decisions } = play(STEPS, requests(1200, ...Array(9).fill(500)), { desired: 25 });
  t.deepEqual(wanted, [25, 25, 25, 15, 15, 15, 5, 5, 5, 2]);
  t.is(decisions[4]?.limit, "cooldown");
  t.is(decisions[9]?.limit, "min");
  t.deepEqual(decisions[9]?.step, STEPS.in.steps[0]);
});

test("a scale-out interrupts the cooldown of a scale-in", (t) => {
  const { wanted } = play(STEPS, requests(1200, 500, 500, 500, 3000, 3000), { desired: 50 });
  t.deepEqual(wanted, [50, 50, 50, 40, 40, 60]);
});

test("without requests, tasks are removed step by step", (t) => {
  const { wanted } = play(STEPS, Array(9).fill({}), { desired: 14 });
  t.deepEqual(wanted, [9, 9, 9, 4, 4, 4, 2, 2, 2]);
});

test("the maximum limits scale-out, and the decision says so while more tasks are wanted", (t) => {
  const { wanted, decisions } = play(STEPS, requests(9000, 9000, 9000, 9000, 9000), { bounds: { min: 2, max: 30 } });
  t.deepEqual(wanted, [2, 27, 27, 30, 30]);
  t.deepEqual(limits(decisions), [undefined, undefined, "cooldown", "max", "max"]);
});

test("if both alarms fire, tasks are added", (t) => {
  const { evaluations } = play(STEPS, requests(1000, 1000, 1000));
  t.deepEqual(evaluations[2]?.alarms, { out: true, in: true });
  t.is(evaluations[2]?.decision?.direction, "out");
});

test("the highest value of an alarm's minutes selects the step", (t) => {
  const { decisions } = play(STEPS, requests(5000, 1200));
  t.is(decisions[1]?.value, 5000);
  t.is(decisions[1]?.step?.change, 25);
});

test("cooldowns scale with the period", (t) => {
  const load = requests(1500, 1500, 2500, 2500, 500, 500, 500, 500, 500, 500);
  const minutes = play(STEPS, load, { takes: 1 });
  const seconds = play(STEPS, load, { takes: 1, period: 5 });
  t.deepEqual(seconds.wanted, minutes.wanted);
  t.deepEqual(
    seconds.decisions.map((decision) => decision?.time),
    minutes.decisions.map((decision) => decision && decision.time / 12),
  );
});

test("target tracking adds tasks in proportion after three minutes", (t) => {
  const busy = (running: number): Figures => ({ requests: 4200, runningTasks: running });
  const { wanted, decisions } = play(PER_TASK, Array(8).fill(busy));
  t.deepEqual(wanted, [2, 2, 9, 9, 9, 9, 9, 9]);
  t.is(decisions[2]?.value, 2100);
  t.is(decisions[2]?.threshold, 500);
  t.is(decisions[2]?.step, undefined);
  t.deepEqual(decisions.slice(3), Array(5).fill(undefined), "467 each of 9 is between 450 and 500: neither alarm");
});

test("target tracking of a saturated CPU doubles the tasks, and again after their cooldown", (t) => {
  const { wanted } = play(CPU, Array(8).fill({ cpu: 100 }), { takes: 1 });
  t.deepEqual(wanted, [2, 2, 4, 4, 4, 4, 8, 8]);
});

test("target tracking removes tasks after fifteen minutes below 90% of the target", (t) => {
  const minutes = (cpu: number) => play(CPU, Array(18).fill({ cpu }), { desired: 20 }).wanted;
  t.deepEqual(minutes(45), Array(18).fill(20));
  t.deepEqual(minutes(44), [...Array(14).fill(20), 18, 18, 18, 16]);
});

test("target tracking does nothing with too few datapoints", (t) => {
  const holes = Array.from({ length: 30 }, (_, minute) => (minute % 3 === 0 ? { cpu: minute < 15 ? 100 : 1 } : {}));
  const { wanted, decisions } = play(CPU, holes, { desired: 20 });
  t.deepEqual(wanted, Array(30).fill(20));
  t.deepEqual(decisions, Array(30).fill(undefined));
});

test("target tracking scales out on three datapoints in five minutes, as alarms do when data is missing", (t) => {
  const { wanted } = play(CPU, [{ cpu: 100 }, {}, { cpu: 100 }, {}, { cpu: 100 }], { desired: 20 });
  t.deepEqual(wanted, [20, 20, 20, 20, 40]);
});

test("the extra period of the scale-out alarm counts the last busy minute once more after a burst", (t) => {
  const { wanted } = play(
    STEPS,
    [5_000, 5_000, 5_000, 0, 0].map((requests) => ({ requests })),
  );
  t.deepEqual(wanted, [2, 27, 27, 52, 52], "+25 in the fourth minute, which had no request");
});

const bounds = fc
  .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 80 }))
  .map(([min, more]) => ({ min, max: min + more }));
const figures = fc.array(
  fc.record(
    { requests: fc.integer({ min: 0, max: 9000 }), cpu: fc.integer({ min: 0, max: 100 }), runningTasks: fc.nat(100) },
    { requiredKeys: [] },
  ),
  { maxLength: 60 },
);
const scalings = fc.constantFrom(STEPS, PER_TASK, CPU);

test("for any load, the tasks stay within bounds and every change has a decision", (t) => {
  fc.assert(
    fc.property(scalings, bounds, figures, fc.nat(5), (scaling, { min, max }, load, takes) => {
      const { wanted, decisions } = play(scaling, load, { bounds: { min, max }, takes });
      let before = min;
      for (const [index, tasks] of wanted.entries()) {
        const { from, to } = decisions[index] ?? { from: before, to: before };
        t.true(min <= tasks && tasks <= max);
        t.deepEqual([from, to], [before, tasks]);
        before = tasks;
      }
    }),
  );
});

test("for any load, a policy changes the task count only in its direction and only while its alarm fires", (t) => {
  fc.assert(
    fc.property(scalings, bounds, figures, fc.nat(5), (scaling, limits, load, takes) => {
      for (const { alarms, decision } of play(scaling, load, { bounds: limits, takes }).evaluations) {
        t.is(decision !== undefined, alarms.out || alarms.in);
        if (decision) {
          t.true(alarms[decision.direction]);
          t.true(decision.direction === "out" ? decision.to >= decision.from : decision.to <= decision.from);
        }
      }
    }),
  );
});

test("for any load, tasks that never start do not exceed the largest step", (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1001, max: 9000 }), { maxLength: 30 }).map((load) => requests(...load)),
      (load) => {
        const { wanted } = play(STEPS, load, { takes: load.length + 1 });
        t.true(wanted.every((tasks) => tasks <= 2 + 25));
      },
    ),
  );
});
