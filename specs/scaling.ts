import type { Condition } from "./monitoring/alarm.ts";
import type { Metric, Ratio, Sum } from "./monitoring/metric.ts";
import type { ServiceMetrics } from "./monitoring/service.ts";

/** How the number of a service's tasks follows its work. */
export type Scaling = StepScaling | TargetTracking;

/** Adds and takes away tasks by how far the requests of a minute are beyond a threshold. */
export interface StepScaling {
  readonly kind: "steps";
  readonly out: StepPolicy;
  readonly in: StepPolicy;
}

export interface StepPolicy {
  /** Requests a minute from which on, upwards or downwards, the steps begin. */
  readonly threshold: number;
  /** Whole minutes that the requests have to be at or beyond the threshold. */
  readonly minutes: number;
  /** Seconds that a change has to take effect before the next. */
  readonly cooldown: number;
  /** From the threshold outwards, without end in the last. */
  readonly steps: readonly Step[];
}

/**
 * What a number of requests a minute changes. The bounds are written away from the threshold, the nearer one first:
 * `from: 1000, to: 2000` of a scale-out holds 1000 and not 2000, `from: 1000, to: 100` of a scale-in 1000 and not 100.
 */
export interface Step {
  readonly from: number;
  /** `Infinity` or `-Infinity` in the last step. */
  readonly to: number;
  /** Tasks: more than none of a scale-out, fewer than none of a scale-in. */
  readonly change: number;
}

/** Keeps a figure of the average task near a target, by a number of tasks in proportion. */
export interface TargetTracking {
  readonly kind: "cpu" | "requests-per-task";
  /** Percent of a task's CPU, or requests a minute of each task. */
  readonly target: number;
  /** Seconds that a change has to take effect before the next. */
  readonly cooldown: Readonly<Record<Direction, number>>;
}

export type Direction = "out" | "in";

/** Fewest and most tasks. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Application Auto Scaling takes no more in one policy. Source: its quotas, "step adjustments per step scaling policy". */
const MOST_STEPS = 20;

/**
 * Step scaling of both directions, checked.
 *
 * @throws {RangeError} naming the first figure that cannot be: a step that overlaps, leaves a hole, runs or changes the
 *   wrong way, or a list that does not go on to infinity
 */
export function stepScaling(policies: Readonly<Record<Direction, StepPolicy>>): StepScaling {
  check("out", policies.out);
  check("in", policies.in);
  if (policies.in.threshold > policies.out.threshold) {
    throw new RangeError(
      `scale-in begins at ${policies.in.threshold}: expected no more than ${policies.out.threshold}, where scale-out begins, or both are at work between the two`,
    );
  }
  return { kind: "steps", ...policies };
}

/** The alarm that sets off a policy, on the requests of all target groups of the service. */
export function stepAlarm(direction: Direction, { threshold, minutes }: StepPolicy, requests: Sum): Condition {
  // The newest minute's requests may not have come in yet and then count as none: another minute is looked at, which
  // must not keep tasks from being added, nor help to take them away.
  const periods = minutes + 1;
  return direction === "out"
    ? { value: requests, comparison: ">=", threshold, periods, datapoints: minutes, missing: "notBreaching" }
    : { value: requests, comparison: "<=", threshold, periods, datapoints: periods, missing: "breaching" };
}

/**
 * The step that a number of requests a minute belongs to.
 *
 * @throws {RangeError} when they are on the other side of the threshold, where no step is
 */
export function stepAt(direction: Direction, { threshold, steps }: StepPolicy, requests: number): Step {
  const step = steps.find(({ from, to }) =>
    direction === "out" ? from <= requests && requests < to : from >= requests && requests > to,
  );
  if (step === undefined) {
    throw new RangeError(`scale-${direction} has no step for ${requests} requests: it begins at ${threshold}`);
  }
  return step;
}

/** The figure of the average task that target tracking keeps near its target. */
export function trackedFigure(
  { kind }: TargetTracking,
  { cpu, requests, runningTasks }: ServiceMetrics,
): Metric | Ratio {
  return kind === "cpu" ? cpu : { kind: "ratio", of: requests, per: runningTasks };
}

function check(direction: Direction, { threshold, minutes, cooldown, steps }: StepPolicy): void {
  const name = `scale-${direction}`;
  whole(`${name}: threshold`, threshold, 0);
  whole(`${name}: minutes`, minutes, 1);
  whole(`${name}: cooldown`, cooldown, 0);
  if (steps.length < 1 || steps.length > MOST_STEPS) {
    throw new RangeError(`${name} has ${steps.length} steps: expected 1 to ${MOST_STEPS}`);
  }
  const end = direction === "out" ? Infinity : -Infinity;
  let reached = threshold;
  for (const step of steps) {
    checkStep(direction, step, reached);
    reached = step.to;
  }
  if (reached !== end) {
    throw new RangeError(`${name}: the last step ends at ${reached}: expected ${end}`);
  }
}

/** @param reached where the step before ends, or the threshold */
function checkStep(direction: Direction, { from, to, change }: Step, reached: number): void {
  const step = `scale-${direction}: step ${from} to ${to}`;
  const [away, sign] = direction === "out" ? ["upwards", 1] : ["downwards", -1];
  if (!(sign * from < sign * to)) {
    throw new RangeError(`${step} runs the wrong way: expected ${away}`);
  }
  if (from !== reached) {
    const fault = sign * from < sign * reached ? "overlaps what is before it" : "leaves a hole before it";
    throw new RangeError(`${step} ${fault}: expected it to begin at ${reached}`);
  }
  if (!Number.isInteger(change) || sign * change <= 0) {
    const expected = direction === "out" ? "1 task or more" : "-1 task or fewer";
    throw new RangeError(`${step} changes ${change} tasks: expected a whole number, ${expected}`);
  }
}

function whole(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${name} is ${value}: expected a whole number, ${least} or more`);
  }
}
