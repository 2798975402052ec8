import { EventEmitter } from "node:events";
import { AutoScaling, type Decision, type Evaluation } from "../../specs/auto-scaling.ts";
import type { Reading } from "../../specs/monitoring/alarm.ts";
import { compute, type Metric } from "../../specs/monitoring/metric.ts";
import type { WatchedService } from "../../specs/monitoring/service.ts";
import type { Bounds, Scaling } from "../../specs/scaling.ts";
import { causeOf, hindranceOf } from "../../specs/scaling-words.ts";
import type { Outcome } from "../load-balancer/router.ts";
import { isCounted, TaskMeter } from "../metrics/measurements.ts";
import { Metrics, type Series } from "../metrics/metrics.ts";
import type { EcsService } from "./ecs-service.ts";

export interface AutoScalerOptions {
  readonly service: EcsService;
  readonly watched: WatchedService;
  readonly scaling: Scaling;
  readonly bounds: Bounds;
  /** Seconds that a minute of AWS takes here. */
  readonly minute: number;
}

/** What auto scaling saw at the end of one of its minutes, and what it did. */
export interface Look extends Evaluation {
  readonly time: Date;
  /** Requests a minute, had they gone on for a whole one as they came. */
  readonly requests: number;
  /** Tasks in service, and tasks that there are to be from now on. */
  readonly running: number;
  readonly desired: number;
}

/** A decision that changed the number of tasks, or would have but for a limit that it has just met. */
export interface LoggedDecision {
  readonly time: Date;
  readonly decision: Decision;
  /** The decision with the figures that caused it. */
  readonly message: string;
}

interface AutoScalerEvents {
  look: [look: Look];
  decision: [decision: LoggedDecision];
}

/** Seconds. Five make a lab of half an hour one of a few minutes, and leave a task the time to start. */
export const USUAL_MINUTE = 5;

/** Looks that are kept: an hour of them, with a minute of five seconds. */
const LOOKS = 720;
const DECISIONS = 100;

const MINUTE = 60_000;

/** Milliseconds after the end of a minute at which it is looked at: timers may fire a little early. */
const MARGIN = 5;

/**
 * Auto scaling in time lapse: alarms, cooldowns and steps are those of AWS, and so are the rates that they speak of, but each
 * minute of theirs lasts a few seconds. 50 requests a second are 3,000 a minute, however short that minute is.
 */
export class AutoScaler extends EventEmitter<AutoScalerEvents> {
  readonly options: AutoScalerOptions;
  #scaling: AutoScaling;
  /** In lapsed time. */
  readonly #metrics = new Metrics();
  readonly #requests: Series;
  readonly #meter: TaskMeter;
  /** How much faster time goes. */
  readonly #factor: number;
  readonly #looks: Look[] = [];
  readonly #decisions: LoggedDecision[] = [];
  #decided: Decision | undefined;
  readonly #began = performance.now();
  /** Until the next look; undefined while it is stopped. */
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AutoScalerOptions) {
    super();
    const { service, watched, minute } = options;
    this.options = options;
    this.#factor = 60 / minute;
    this.#scaling = this.#begin();
    this.#requests = this.#metrics.series(watched.metrics.requests.of[0] as Metric);
    this.#meter = new TaskMeter(this.#metrics, watched, service);
  }

  /** What it saw, oldest first. */
  get looks(): readonly Look[] {
    return this.#looks;
  }

  /** What it decided, oldest first; what it decided again is not told twice. */
  get decisions(): readonly LoggedDecision[] {
    return this.#decisions;
  }

  /** To be told of every request to the service. */
  count(outcome: Outcome): void {
    if (isCounted(outcome)) {
      this.#requests.record(1, this.#now());
    }
  }

  get running(): boolean {
    return this.#timer !== undefined;
  }

  /** Begins with the tasks that there are to be now. */
  start(): void {
    this.#scaling = this.#begin();
    this.#wait();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #begin(): AutoScaling {
    const { service, watched, scaling, bounds } = this.options;
    return new AutoScaling(scaling, watched.metrics, bounds, service.desired);
  }

  #wait(): void {
    const left = MINUTE - (this.#now() % MINUTE);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), left / this.#factor + MARGIN);
  }

  #look(): void {
    const { service, watched } = this.options;
    if (service.rollingOut) {
      this.#wait();
      return;
    }
    // Somebody has scaled by hand: as in AWS, it goes on from there.
    if (service.desired !== this.#scaling.desired) {
      this.#scaling = this.#begin();
    }
    const now = this.#now();
    const reading = this.#rates(this.#metrics.reading(Math.floor(now / 1000)));
    const running = service.group.hosts.healthy;
    const evaluation = this.#scaling.evaluate({ time: Math.floor(now / 1000), running, reading });
    const requests = compute(watched.metrics.requests, (metric) => reading(metric, 0)) ?? 0;
    const look = { time: new Date(), requests, running, desired: this.#scaling.desired, ...evaluation };
    keep(look, this.#looks, LOOKS);
    this.emit("look", look);
    this.#act(evaluation.decision);
    this.#meter.sample(now);
    this.#wait();
  }

  /** An alarm that stays on decides anew every minute, mostly the same: that is told once. */
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

  /** Of what is counted, as much as it would be in a whole minute. */
  #rates(reading: Reading): Reading {
    return (metric, periodsAgo) => {
      const value = reading(metric, periodsAgo);
      return value !== undefined && metric.statistic === "Sum" ? value * this.#factor : value;
    };
  }

  /** Milliseconds of lapsed time, whatever the machine's clock does. */
  #now(): number {
    return (performance.now() - this.#began) * this.#factor;
  }
}

/** A decision with the figures that caused it, in a line. */
function explain(decision: Decision, { max }: Bounds): string {
  const { direction, from, to } = decision;
  const change = from === to ? `stays at ${from} tasks` : `from ${from} to ${to} tasks`;
  const result = [change, hindranceOf(decision, max)].filter(Boolean).join(", ");
  return `scale-${direction}: ${causeOf(decision)}: ${result}`;
}

/** By what more or fewer tasks were prevented; at the fewest there is nothing to tell. */
function isHeldBack(decision: Decision | undefined): string | undefined {
  return decision?.limit === "min" ? undefined : decision?.limit;
}

function keep<Item>(item: Item, items: Item[], most: number): void {
  items.push(item);
  if (items.length > most) {
    items.shift();
  }
}
