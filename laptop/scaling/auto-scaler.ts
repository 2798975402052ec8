import { EventEmitter } from "node:events";
import { AutoScaling, type Decision, type Evaluation } from "../../model/auto-scaling.ts";
import type { Reading } from "../../model/monitoring/alarm.ts";
import { compute, type Metric } from "../../model/monitoring/metric.ts";
import type { MonitoredService } from "../../model/monitoring/service.ts";
import type { Bounds, Scaling } from "../../model/scaling.ts";
import { scalingLimit, scalingReason } from "../../model/scaling-messages.ts";
import type { EcsService } from "../system/ecs/ecs-service.ts";
import type { Outcome } from "../system/load-balancer/router.ts";
import { isCounted, TaskMeter } from "../telemetry/metrics/measurements.ts";
import { Metrics, type Series } from "../telemetry/metrics/metrics.ts";

export interface AutoScalerOptions {
  readonly service: EcsService;
  readonly monitoring: MonitoredService;
  readonly scaling: Scaling;
  readonly bounds: Bounds;
  /** Seconds that represent one minute in AWS. */
  readonly minute: number;
}

/** One evaluation of auto scaling, at the end of a simulated minute. */
export interface Snapshot extends Evaluation {
  readonly time: Date;
  /** Requests per minute at the current rate. */
  readonly requests: number;
  /** Tasks in service, and desired tasks after the evaluation. */
  readonly running: number;
  readonly desired: number;
}

/** A decision that changed the number of tasks, or the first one that a limit prevented. */
export interface LoggedDecision {
  readonly time: Date;
  readonly decision: Decision;
  /** Message with the figures that caused the decision. */
  readonly message: string;
}

interface AutoScalerEvents {
  snapshot: [snapshot: Snapshot];
  decision: [decision: LoggedDecision];
}

/** Seconds. With five, a lab of half an hour takes a few minutes, and a task still has time to start. */
export const DEFAULT_MINUTE = 5;

/** Evaluations kept: one hour with minutes of five seconds. */
const SNAPSHOTS = 720;
const DECISIONS = 100;

const MINUTE = 60_000;

/** Milliseconds after the end of a minute at which it is evaluated: timers may fire slightly early. */
const MARGIN = 5;

/**
 * Accelerated auto scaling: alarms, cooldowns, steps, and request rates are those of AWS, but each minute takes only a few
 * seconds. 50 requests per second are 3,000 per minute, regardless of the length of the minute.
 */
export class AutoScaler extends EventEmitter<AutoScalerEvents> {
  readonly options: AutoScalerOptions;
  #scaling: AutoScaling;
  /** In simulated time. */
  readonly #metrics = new Metrics();
  readonly #requests: Series;
  readonly #meter: TaskMeter;
  /** Simulated seconds per real second. */
  readonly #factor: number;
  readonly #snapshots: Snapshot[] = [];
  readonly #decisions: LoggedDecision[] = [];
  #decided: Decision | undefined;
  readonly #began = performance.now();
  /** Timer of the next evaluation; undefined while stopped. */
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AutoScalerOptions) {
    super();
    const { service, monitoring, minute } = options;
    this.options = options;
    this.#factor = 60 / minute;
    this.#scaling = this.#begin();
    this.#requests = this.#metrics.series(monitoring.metrics.requests.of[0] as Metric);
    this.#meter = new TaskMeter(this.#metrics, monitoring, service);
  }

  /** Evaluations, oldest first. */
  get snapshots(): readonly Snapshot[] {
    return this.#snapshots;
  }

  /** Decisions, oldest first. A repeated decision is listed once. */
  get decisions(): readonly LoggedDecision[] {
    return this.#decisions;
  }

  /** Counts a request to the service. */
  count(outcome: Outcome): void {
    if (isCounted(outcome)) {
      this.#requests.record(1, this.#now());
    }
  }

  get running(): boolean {
    return this.#timer !== undefined;
  }

  /** Starts from the current desired count. */
  start(): void {
    this.#scaling = this.#begin();
    this.#wait();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #begin(): AutoScaling {
    const { service, monitoring, scaling, bounds } = this.options;
    return new AutoScaling(scaling, monitoring.metrics, bounds, service.desired);
  }

  #wait(): void {
    const left = MINUTE - (this.#now() % MINUTE);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#evaluate(), left / this.#factor + MARGIN);
  }

  #evaluate(): void {
    const { service, monitoring } = this.options;
    if (service.rollingOut) {
      this.#wait();
      return;
    }
    // The service was scaled manually. As in AWS, scaling continues from the new count.
    if (service.desired !== this.#scaling.desired) {
      this.#scaling = this.#begin();
    }
    const now = this.#now();
    const reading = this.#rates(this.#metrics.reading(Math.floor(now / 1000)));
    const running = service.group.hosts.healthy;
    const evaluation = this.#scaling.evaluate({ time: Math.floor(now / 1000), running, reading });
    const requests = compute(monitoring.metrics.requests, (metric) => reading(metric, 0)) ?? 0;
    const snapshot = { time: new Date(), requests, running, desired: this.#scaling.desired, ...evaluation };
    keep(snapshot, this.#snapshots, SNAPSHOTS);
    this.emit("snapshot", snapshot);
    this.#act(evaluation.decision);
    this.#meter.sample(now);
    this.#wait();
  }

  /** Logs a decision once: an alarm that stays on usually leads to the same decision every minute. */
  #act(decision: Decision | undefined): void {
    const before = this.#decided;
    this.#decided = decision;
    if (decision === undefined || (decision.from === decision.to && isHeldBack(decision) === isHeldBack(before))) {
      return;
    }
    const message = explain(decision, this.options.bounds);
    const logged = { time: new Date(), decision, message };
    keep(logged, this.#decisions, DECISIONS);
    this.emit("decision", logged);
    if (decision.to !== decision.from) {
      this.options.service.scale(decision.to);
    }
  }

  /** Scales sums to a whole minute. */
  #rates(reading: Reading): Reading {
    return (metric, periodsAgo) => {
      const value = reading(metric, periodsAgo);
      return value !== undefined && metric.statistic === "Sum" ? value * this.#factor : value;
    };
  }

  /** Milliseconds of simulated time, independent of the system clock. */
  #now(): number {
    return (performance.now() - this.#began) * this.#factor;
  }
}

/** Describes a decision and its cause in one line. */
function explain(decision: Decision, { max }: Bounds): string {
  const { direction, from, to } = decision;
  const change = from === to ? `stays at ${from} tasks` : `from ${from} to ${to} tasks`;
  const result = [change, scalingLimit(decision, max)].filter(Boolean).join(", ");
  return `scale-${direction}: ${scalingReason(decision)}: ${result}`;
}

/** Returns the limit that prevented a change; the minimum is not reported. */
function isHeldBack(decision: Decision | undefined): string | undefined {
  return decision?.limit === "min" ? undefined : decision?.limit;
}

function keep<Item>(item: Item, items: Item[], most: number): void {
  items.push(item);
  if (items.length > most) {
    items.shift();
  }
}
