import { DDSketch } from "@datadog/sketches-js";
import type { Outcome } from "../load-balancer/router.ts";
import { callsOf } from "./trace-filter.ts";
import type { Segment } from "./trace-store.ts";

/** What went over one connection of the system's map in the past minute. */
export interface Flowed {
  readonly requests: number;
  readonly failed: number;
  readonly latency: DDSketch;
}

/** Milliseconds of a slot, and how many slots make up the minute. */
const SLOT = 5_000;
const SLOTS = 12;

const ACCURACY = 0.02;

/** Requests of the past minute, in slots: the oldest is forgotten as a new one begins. */
class Flow {
  readonly #slots: { at: number; requests: number; failed: number; latency: DDSketch }[] = [];

  record(seconds: number | undefined, failed: boolean, now: number): void {
    const at = Math.floor(now / SLOT);
    let slot = this.#slots.at(-1);
    if (slot?.at !== at) {
      slot = { at, requests: 0, failed: 0, latency: new DDSketch({ relativeAccuracy: ACCURACY }) };
      this.#slots.push(slot);
      this.#forget(at);
    }
    slot.requests += 1;
    slot.failed += failed ? 1 : 0;
    if (seconds !== undefined) {
      slot.latency.accept(seconds);
    }
  }

  past(now: number): Flowed {
    this.#forget(Math.floor(now / SLOT));
    const latency = new DDSketch({ relativeAccuracy: ACCURACY });
    for (const slot of this.#slots) {
      latency.merge(slot.latency);
    }
    const sum = (figure: "requests" | "failed") => this.#slots.reduce((total, slot) => total + slot[figure], 0);
    return { requests: sum("requests"), failed: sum("failed"), latency };
  }

  #forget(at: number): void {
    while (this.#slots[0] && this.#slots[0].at <= at - SLOTS) {
      this.#slots.shift();
    }
  }
}

/**
 * Who asked whom in the past minute. What goes through the router is counted there; what services ask one another is known
 * from those of their requests that are traced.
 */
export class Traffic {
  readonly #flows = new Map<string, Flow>();
  readonly #began = performance.now();

  /** Seconds that there are figures of: a minute, or less just after the start. */
  get seconds(): number {
    return Math.max(1, Math.min(SLOT * SLOTS, performance.now() - this.#began) / 1000);
  }

  /** Takes what the router tells of a request to a service. */
  route(service: string, outcome: Outcome): void {
    const failed = outcome.status >= 400;
    const seconds = outcome.by === "task" ? outcome.seconds : undefined;
    this.#record(`router ${service}`, seconds, failed);
    if (outcome.by === "task") {
      this.#record(`task ${outcome.origin}`, seconds, failed);
    }
  }

  /** Takes what a service tells of a request and of its calls to others. */
  trace(segment: Segment): void {
    const { name, type, in_progress, start_time, end_time, parent_id } = segment;
    if (type === undefined && !in_progress && end_time !== undefined) {
      const origin = parent_id === undefined ? "direct" : "called";
      this.#record(`segment ${name} ${origin}`, end_time - start_time, isFailed(segment));
      for (const call of callsOf(segment)) {
        if (call.end_time !== undefined) {
          this.#record(`call ${name} ${origin} ${call.namespace}`, call.end_time - call.start_time, isFailed(call));
        }
      }
    }
  }

  /** Requests that the router passed to a service, or answered in its place. */
  routed(service: string): Flowed {
    return this.#past(`router ${service}`);
  }

  /** Requests to one task, by its address. */
  answered(origin: string): Flowed {
    return this.#past(`task ${origin}`);
  }

  /** Requests that a service told of in traces, by what it calls itself there. */
  traced(name: string, origin: "direct" | "called"): Flowed {
    return this.#past(`segment ${name} ${origin}`);
  }

  /** Calls that a service made in those: to other services (`remote`) or to AWS. */
  called(name: string, origin: "direct" | "called", namespace: "remote" | "aws"): Flowed {
    return this.#past(`call ${name} ${origin} ${namespace}`);
  }

  // A clock that nobody sets: a minute stays a minute.
  #record(key: string, seconds: number | undefined, failed: boolean): void {
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      this.#letGo();
      flow = new Flow();
      this.#flows.set(key, flow);
    }
    flow.record(seconds, failed, performance.now());
  }

  #past(key: string): Flowed {
    return (this.#flows.get(key) ?? new Flow()).past(performance.now());
  }

  /** Tasks come and go, so those that are silent are forgotten. */
  #letGo(): void {
    for (const [key, flow] of this.#flows) {
      if (flow.past(performance.now()).requests === 0) {
        this.#flows.delete(key);
      }
    }
  }
}

function isFailed({ error, fault }: Pick<Segment, "error" | "fault">): boolean {
  return error === true || fault === true;
}
