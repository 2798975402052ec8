import { type Condition, fires, type Reading } from "./monitoring/alarm.ts";
import { compute } from "./monitoring/metric.ts";
import { stepAlarm, trackedMetric } from "./monitoring/scaling.ts";
import type { ServiceMetrics } from "./monitoring/service.ts";
import { type Bounds, type Direction, type Scaling, type Step, stepAt, type TargetTracking } from "./scaling.ts";

/** Input of an evaluation, at the end of a period. */
export interface Observation {
  /** Seconds since any fixed time. */
  readonly time: number;
  /** Number of running tasks. */
  readonly running: number;
  readonly reading: Reading;
}

export interface Evaluation {
  /** True for each alarm that fires. */
  readonly alarms: Readonly<Record<Direction, boolean>>;
  /** Decision of the alarm's policy; undefined while no alarm fires. */
  readonly decision?: Decision;
}

/** Result of a policy, which may be no change. A firing alarm invokes its policy in every period. */
export interface Decision {
  readonly time: number;
  readonly policy: Scaling["kind"];
  readonly direction: Direction;
  /** Metric value that the policy used, and the threshold of its alarm. */
  readonly value: number;
  readonly threshold: number;
  /** Undefined for target tracking. */
  readonly step?: Step;
  /** Desired tasks before and after; equal if nothing changed. */
  readonly from: number;
  readonly to: number;
  /** Limit that prevented the change or part of it. */
  readonly limit?: "max" | "min" | "cooldown";
}

/** A change to the desired count, with the data for its cooldown. */
interface Activity {
  readonly direction: Direction;
  /** Desired tasks before this change and before all changes whose cooldown it continues. */
  readonly base: number;
  readonly to: number;
  /** Time in seconds when the running tasks reached `to`; undefined until then. */
  readonly completed?: number;
}

/** Minutes that target tracking evaluates before it adds or removes tasks. */
const TRACKED_MINUTES = { out: 3, in: 15 };

/** Share of the target below which target tracking removes tasks. */
const LOW = 0.9;

/**
 * Application Auto Scaling for one service, evaluated once per period.
 *
 * - An alarm that keeps firing invokes its policy every minute. Source: "Auto Scaling actions", CloudWatch user guide.
 * - A cooldown begins when a scaling activity completes. During a scale-out cooldown, the tasks already added count toward
 *   the next step: after +2, a step of +3 adds 1. A scale-in cooldown blocks further scale-in, and a scale-out ends it.
 *   Source: StepScalingPolicyConfiguration and TargetTrackingScalingPolicyConfiguration, Application Auto Scaling API
 *   reference.
 * - A count that was set outside the bounds changes in the direction of the bounds only, at least to the nearer one. Source:
 *   "Automatically scale your Amazon ECS service" in the ECS developer guide.
 * - If several policies apply at once, the one with more tasks wins. Source: PutScalingPolicy in the same reference.
 *
 * AWS does not document how a cooldown affects the other direction. Here, a new activity ends any remaining cooldown.
 */
export class AutoScaling {
  readonly #scaling: Scaling;
  readonly #bounds: Bounds;
  readonly #conditions: Readonly<Record<Direction, Condition>>;
  readonly #minute: number;
  #desired: number;
  #last?: Activity;

  /**
   * @param desired initial number of desired tasks
   * @param period seconds between evaluations, 60 in AWS; cooldowns scale with it
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

  /** Desired number of tasks. */
  get desired(): number {
    return this.#desired;
  }

  /** Evaluates the alarms and applies their policy. Must be called once per period, in chronological order. */
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
      const to = cooling || from < min ? from : Math.min(Math.max(unhindered, min), max, from);
      return { ...about, step, to, limit: cooling && from > min ? "cooldown" : unhindered < min ? "min" : undefined };
    }
    const { wanted } = this.#propose(direction, value, this.#base(direction, time));
    const to = Math.max(Math.min(Math.max(wanted, min), max), from);
    return { ...about, step, to, limit: wanted > max ? "max" : wanted < unhindered ? "cooldown" : undefined };
  }

  /** Number of tasks that a policy starts from: during a scale-out cooldown, the number before that scale-out. */
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

  /**
   * Value that the policy uses: for steps, the highest of the alarm's periods, as in `modules/step-scaling.ts`; for target
   * tracking, the newest one.
   */
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
    // A rounding error must not raise a whole number by one.
    return { wanted: Math.ceil((tasks * value) / this.#scaling.target - 1e-9) };
  }
}

/**
 * An alarm that AWS creates for target tracking, which cannot be changed. A metric without data changes nothing (source:
 * "Target tracking scaling policies", Application Auto Scaling user guide). The alarms require 3 of 3 and 15 of 15 minutes
 * (source: aws/containers-roadmap#1208). Scale-in begins at 90% of the target, as observed in the alarms that AWS creates;
 * AWS does not document it.
 */
function trackingAlarm(direction: Direction, tracking: TargetTracking, metrics: ServiceMetrics): Condition {
  const periods = TRACKED_MINUTES[direction];
  return {
    value: trackedMetric(tracking, metrics),
    comparison: direction === "out" ? ">" : "<",
    threshold: direction === "out" ? tracking.target : tracking.target * LOW,
    periods,
    datapoints: periods,
    missing: "notBreaching",
  };
}
