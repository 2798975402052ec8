/** Scaling policy of a service. */
export type Scaling = StepScaling | TargetTracking;

/** Step scaling: adds or removes tasks depending on how far the requests per minute are beyond a threshold. */
export interface StepScaling {
  readonly kind: "steps";
  readonly out: StepPolicy;
  readonly in: StepPolicy;
}

export interface StepPolicy {
  /** Requests per minute where the steps begin: upward for scale-out, downward for scale-in. */
  readonly threshold: number;
  /** Whole minutes that the requests must be at or beyond the threshold. */
  readonly minutes: number;
  /** Seconds between a change and the next. */
  readonly cooldown: number;
  /** Ordered from the threshold outward. The last step is unbounded. */
  readonly steps: readonly Step[];
}

/**
 * Change in tasks for a range of requests per minute. `from` is the bound nearer to the threshold and is inclusive; `to` is
 * exclusive: scale-out `from: 1000, to: 2000` contains 1000 but not 2000, scale-in `from: 1000, to: 100` 1000 but not 100.
 */
export interface Step {
  readonly from: number;
  /** `Infinity` or `-Infinity` in the last step. */
  readonly to: number;
  /** Number of tasks: positive for scale-out, negative for scale-in. */
  readonly change: number;
}

/** Target tracking: keeps a per-task average near a target by changing the number of tasks in proportion. */
export interface TargetTracking {
  readonly kind: "cpu" | "requests-per-task";
  /** Percent of a task's CPU, or requests per minute per task. */
  readonly target: number;
  /** Seconds between a change and the next. */
  readonly cooldown: Readonly<Record<Direction, number>>;
}

export type Direction = "out" | "in";

/** Minimum and maximum number of tasks. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Limit of Application Auto Scaling per policy. Source: its quotas, "step adjustments per step scaling policy". */
const MAX_STEPS = 20;

/**
 * Creates step scaling from a policy for each direction.
 *
 * @throws {RangeError} naming the first invalid value: a step that overlaps, leaves a gap, or has the wrong direction or
 *   sign, or steps that do not end at infinity
 */
export function stepScaling(policies: Readonly<Record<Direction, StepPolicy>>): StepScaling {
  check("out", policies.out);
  check("in", policies.in);
  if (policies.in.threshold > policies.out.threshold) {
    throw new RangeError(
      `scale-in begins at ${policies.in.threshold}: expected no more than ${policies.out.threshold}, where scale-out begins, because otherwise both would act between the two`,
    );
  }
  return { kind: "steps", ...policies };
}

/**
 * Finds the step for a number of requests per minute.
 *
 * @throws {RangeError} if the number is on the other side of the threshold, where there are no steps
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

function check(direction: Direction, { threshold, minutes, cooldown, steps }: StepPolicy): void {
  const name = `scale-${direction}`;
  whole(`${name}: threshold`, threshold, 0);
  whole(`${name}: minutes`, minutes, 1);
  whole(`${name}: cooldown`, cooldown, 0);
  if (steps.length < 1 || steps.length > MAX_STEPS) {
    throw new RangeError(`${name} has ${steps.length} steps: expected 1 to ${MAX_STEPS}`);
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

/** @param reached end of the previous step, or the threshold for the first one */
function checkStep(direction: Direction, { from, to, change }: Step, reached: number): void {
  const step = `scale-${direction}: step ${from} to ${to}`;
  const [away, sign] = direction === "out" ? ["upwards", 1] : ["downwards", -1];
  if (!(sign * from < sign * to)) {
    throw new RangeError(`${step} has the wrong direction: expected ${away}`);
  }
  if (from !== reached) {
    const fault = sign * from < sign * reached ? "overlaps the step before it" : "leaves a gap before it";
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
