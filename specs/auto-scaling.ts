import { type Condition, fires, type Reading } from "./monitoring/alarm.ts";
import { compute } from "./monitoring/metric.ts";
import type { ServiceMetrics } from "./monitoring/service.ts";
import {
  type Bounds,
  type Direction,
  type Scaling,
  type Step,
  stepAlarm,
  stepAt,
  type TargetTracking,
  trackedFigure,
} from "./scaling.ts";

/** What is known at the end of a period. */
export interface Observation {
  /** Seconds, since whenever. */
  readonly time: number;
  /** Tasks that run. */
  readonly running: number;
  readonly reading: Reading;
}

export interface Evaluation {
  /** Whether each alarm is on. */
  readonly alarms: Readonly<Record<Direction, boolean>>;
  /** What the alarm's policy made of it; none while no alarm is on. */
  readonly decision?: Decision;
}

/** What a policy did, or would have done: an alarm sets it off anew in every period that it is on. */
export interface Decision {
  readonly time: number;
  readonly policy: Scaling["kind"];
  readonly direction: Direction;
  /** The figure that the policy went by, and where its alarm begins. */
  readonly value: number;
  readonly threshold: number;
  /** Of step scaling. */
  readonly step?: Step;
  /** Tasks wanted before and after, which are the same when nothing came of it. */
  readonly from: number;
  readonly to: number;
  /** What held it back, wholly or in part. */
  readonly limit?: "max" | "min" | "cooldown";
}

/** A change of the number of tasks, and what its cooldown is reckoned by. */
interface Activity {
  readonly direction: Direction;
  /** Tasks wanted before it, and before those that it followed within their cooldown. */
  readonly base: number;
  readonly to: number;
  /** When as many tasks ran; undefined while they start or stop. */
  readonly completed?: number;
}

/** Minutes that target tracking looks at before it adds tasks, and before it takes them away. */
const TRACKED_MINUTES = { out: 3, in: 15 };

/** Share of the target below which target tracking takes tasks away. */
const LOW = 0.9;

/**
 * What Application Auto Scaling makes of a service's figures, period by period.
 *
 * - An alarm that stays on calls its policy every minute. Source: "Auto Scaling actions", CloudWatch user guide.
 * - A cooldown begins when an activity completes. During that of a scale-out, the tasks that it added count towards the
 *   next: after +2, a step of +3 adds 1. During that of a scale-in, no more are taken away, and a scale-out ends it.
 *   Source: StepScalingPolicyConfiguration and TargetTrackingScalingPolicyConfiguration, Application Auto Scaling API
 *   reference.
 * - Of policies that are called together, the one that leaves more tasks wins. Source: PutScalingPolicy, there.
 *
 * AWS does not say what a cooldown means for the other direction: here an activity ends whatever cooldown is left.
 */
export class AutoScaling {
  readonly #scaling: Scaling;
  readonly #bounds: Bounds;
  readonly #conditions: Readonly<Record<Direction, Condition>>;
  readonly #minute: number;
  #desired: number;
  #last?: Activity;

  /**
   * @param desired tasks wanted at first
   * @param period seconds between evaluations, a minute in AWS; cooldowns become shorter or longer with it
   */
  constructor(scaling: Scaling, metrics: ServiceMetrics, bounds: Bounds, desired: number, period = 60) {
    this.#scaling = scaling;
    this.#bounds = bounds;
    this.#desired = desired;
    this.#minute = period;
    const condition = (direction: Direction) =>
      scaling.kind === "steps"
        ? stepAlarm(direction, scaling[direction], metrics.requests)
        : trackingAlarm(direction, scaling, metrics);
    this.#conditions = { out: condition("out"), in: condition("in") };
  }

  /** Tasks that there are to be. */
  get desired(): number {
    return this.#desired;
  }

  /** Call it once a period, in order of time. */
  evaluate({ time, running, reading }: Observation): Evaluation {
    this.#noteCompletion(time, running);
    const alarms = { out: fires(this.#conditions.out, reading), in: fires(this.#conditions.in, reading) };
    if (!alarms.out && !alarms.in) {
      return { alarms };
    }
    const decision = this.#decide(alarms.out ? "out" : "in", time, reading);
    if (decision.to !== decision.from) {
      const { direction, to } = decision;
      this.#last = { direction, base: this.#base(direction, time), to };
      this.#desired = to;
    }
    return { alarms, decision };
  }

  #noteCompletion(time: number, running: number): void {
    const last = this.#last;
    if (last && last.completed === undefined && (last.direction === "out" ? running >= last.to : running <= last.to)) {
      this.#last = { ...last, completed: time };
    }
  }

  #decide(direction: Direction, time: number, reading: Reading): Decision {
    const { min, max } = this.#bounds;
    const from = this.#desired;
    const condition = this.#conditions[direction];
    const value = this.#value(condition, reading);
    const about = { time, policy: this.#scaling.kind, direction, value, threshold: condition.threshold, from };
    const { wanted: unhindered, step } = this.#propose(direction, value, from);
    const cooling = this.#cooling(direction, time);
    if (direction === "in") {
      const to = cooling ? from : Math.min(Math.max(unhindered, min), from);
      return { ...about, step, to, limit: cooling && from > min ? "cooldown" : unhindered < min ? "min" : undefined };
    }
    const { wanted } = this.#propose(direction, value, this.#base(direction, time));
    const to = Math.max(Math.min(wanted, max), from);
    return { ...about, step, to, limit: wanted > max ? "max" : wanted < unhindered ? "cooldown" : undefined };
  }

  /** The tasks that a policy reckons from: during the cooldown of a scale-out, those of before it. */
  #base(direction: Direction, time: number): number {
    return direction === "out" && this.#last && this.#cooling("out", time) ? this.#last.base : this.#desired;
  }

  #cooling(direction: Direction, time: number): boolean {
    const last = this.#last;
    if (last?.direction !== direction) {
      return false;
    }
    const scaling = this.#scaling;
    const cooldown = scaling.kind === "steps" ? scaling[direction].cooldown : scaling.cooldown[direction];
    return last.completed === undefined || time < last.completed + (cooldown / 60) * this.#minute;
  }

  /** The busiest of the alarm's periods chooses the step, as `modules/step-scaling.ts` has it; the newest one what tracking does. */
  #value({ value, periods }: Condition, reading: Reading): number {
    const values = Array.from({ length: periods }, (_, ago) => compute(value, (metric) => reading(metric, ago))).filter(
      (one) => one !== undefined,
    );
    return this.#scaling.kind === "steps" ? Math.max(...values) : (values[0] as number);
  }

  #propose(direction: Direction, value: number, tasks: number): { readonly wanted: number; readonly step?: Step } {
    if (this.#scaling.kind === "steps") {
      const step = stepAt(direction, this.#scaling[direction], value);
      return { wanted: tasks + step.change, step };
    }
    // What is a whole number but for rounding must not become one more.
    return { wanted: Math.ceil((tasks * value) / this.#scaling.target - 1e-9) };
  }
}

/**
 * The alarms that AWS makes for target tracking, which nobody can change. Sources: "Target tracking scaling policies" in
 * the Application Auto Scaling user guide, that a figure without data moves nothing; aws/containers-roadmap#1208, that
 * they take 3 minutes of 3 and 15 of 15. That scale-in begins at nine tenths of the target is what AWS's alarms show, and
 * is not promised.
 */
function trackingAlarm(direction: Direction, tracking: TargetTracking, metrics: ServiceMetrics): Condition {
  const periods = TRACKED_MINUTES[direction];
  return {
    value: trackedFigure(tracking, metrics),
    comparison: direction === "out" ? ">" : "<",
    threshold: direction === "out" ? tracking.target : tracking.target * LOW,
    periods,
    datapoints: periods,
    missing: "notBreaching",
  };
}
