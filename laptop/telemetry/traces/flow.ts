import { DDSketch } from "@datadog/sketches-js";

/** Requests over one connection of the service map in the past minute. */
export interface FlowTotals {
  readonly requests: number;
  readonly failed: number;
  /** Seconds of all requests. */
  readonly latency: DDSketch;
}

/** Milliseconds of a slot, and number of slots in the minute. */
const SLOT = 5_000;
const SLOTS = 12;

/** Time that a flow covers, in milliseconds and in seconds. */
export const MINUTE = SLOT * SLOTS;
export const SECONDS = MINUTE / 1000;

/** Largest relative error of a percentile. */
export const ACCURACY = 0.02;

interface Slot {
  readonly number: number;
  failed: number;
  readonly latency: DDSketch;
}

/** Requests of the past minute, in slots; each new slot replaces the oldest. Times are milliseconds of one clock. */
export class Flow {
  readonly #slots: Slot[] = [];

  record(seconds: number, failed: boolean, now: number): void {
    const number = Math.floor(now / SLOT);
    let slot = this.#slots.at(-1);
    if (slot?.number !== number) {
      slot = { number, failed: 0, latency: newSketch() };
      this.#slots.push(slot);
      this.#forget(now);
    }
    slot.failed += failed ? 1 : 0;
    slot.latency.accept(seconds);
  }

  pastMinute(now: number): FlowTotals {
    this.#forget(now);
    return combine(...this.#slots.map(({ failed, latency }) => ({ requests: latency.count, failed, latency })));
  }

  /** True without a request in the past minute. */
  isSilent(now: number): boolean {
    this.#forget(now);
    return this.#slots.length === 0;
  }

  #forget(now: number): void {
    const current = Math.floor(now / SLOT);
    while (this.#slots[0] && this.#slots[0].number <= current - SLOTS) {
      this.#slots.shift();
    }
  }
}

/** Combines the requests of several connections. */
export function combine(...flows: readonly FlowTotals[]): FlowTotals {
  const latency = newSketch();
  let failed = 0;
  for (const flow of flows) {
    latency.merge(flow.latency);
    failed += flow.failed;
  }
  return { requests: latency.count, failed, latency };
}

/** Extrapolates a sample by a factor: more requests, with the same latencies. */
export function extrapolate({ failed, latency: sample }: FlowTotals, factor: number): FlowTotals {
  const { store, mapping, zeroCount } = sample;
  const latency = newSketch();
  if (zeroCount > 0) {
    latency.accept(0, zeroCount * factor);
  }
  for (const [index, count] of store.bins.entries()) {
    if (count > 0) {
      latency.accept(mapping.value(index + store.offset), count * factor);
    }
  }
  // Bins store their values only approximately.
  latency.min = sample.min;
  latency.max = sample.max;
  return { requests: latency.count, failed: failed * factor, latency };
}

function newSketch(): DDSketch {
  return new DDSketch({ relativeAccuracy: ACCURACY });
}
