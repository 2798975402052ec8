import type { Station } from "./station.ts";

/** Requests in a time range; expected values, so not whole numbers. */
export interface RequestCounts {
  readonly arrived: number;
  readonly served: number;
  readonly failed: number;
}

/** Probabilities below this count as zero. */
const NEGLIGIBLE = 1e-15;

/**
 * Number of requests in one task, as a probability distribution: a birth-death chain that random arrivals move up and
 * busy servers move down.
 *
 * With exponential service times this is exactly M/M/c/K, in steady state and before it. Other service times are modeled
 * in portions of `(1 + spread²) / 2` requests, which gives the Pollaczek-Khinchine mean wait for one server and the
 * Allen-Cunneen approximation for several.
 */
export class Queue {
  readonly #station: Station;
  readonly #portion: number;
  /** Maximum number of portions that fit into a task. */
  readonly #capacity: number;
  /** Probability by number of portions; omitted trailing entries are negligible. */
  #probabilities: Float64Array = Float64Array.of(1);

  constructor(station: Station) {
    const { servers, rate, spread, timeout } = station;
    this.#station = station;
    this.#portion = (1 + spread ** 2) / 2;
    this.#capacity = servers + Math.max(1, Math.round((servers * rate * timeout) / this.#portion));
  }

  /** Requests in the task, waiting or being served. */
  get inside(): number {
    return this.#portion * this.#mean((portions) => portions);
  }

  get waiting(): number {
    return this.#portion * this.#mean((portions) => Math.max(0, portions - this.#station.servers));
  }

  /** Probability that a request arriving now is admitted and finds n portions ahead of it, by n. */
  get aheadOfArrivals(): Readonly<Float64Array> {
    return this.#probabilities.subarray(0, this.#capacity);
  }

  /**
   * Advances the queue by one implicit Euler step: stable for any length, exact in steady state, and conserving
   * requests (arrived = served + failed + change of `inside`).
   * @param arrivals requests per second
   */
  step(arrivals: number, seconds: number): RequestCounts {
    let last = this.#probabilities.length;
    let after: Float64Array;
    do {
      last = Math.min(this.#capacity, 2 * last + 16);
      after = this.#after(arrivals, seconds, last);
    } while (last < this.#capacity && (after[last] as number) > NEGLIGIBLE);
    const full = last === this.#capacity ? (after[last] as number) : 0;
    while (last > 0 && (after[last] as number) < NEGLIGIBLE) {
      last -= 1;
    }
    this.#probabilities = after.subarray(0, last + 1);
    return {
      arrived: arrivals * seconds,
      served: seconds * this.#station.rate * this.#mean((portions) => Math.min(portions, this.#station.servers)),
      failed: arrivals * seconds * full,
    };
  }

  /**
   * Mixes in the queue of other tasks. The mixture evolves exactly as the two kinds do on average while all receive the
   * same requests.
   * @param weight share of the other tasks, from 0 to 1
   */
  blend(other: Queue, weight: number): void {
    const length = Math.max(this.#probabilities.length, other.#probabilities.length);
    this.#probabilities = Float64Array.from(
      { length },
      (_, n) => (this.#probabilities[n] ?? 0) * (1 - weight) + (other.#probabilities[n] ?? 0) * weight,
    );
  }

  /** Copies the queue with its state. */
  copy(): Queue {
    const copy = new Queue(this.#station);
    copy.#probabilities = this.#probabilities;
    return copy;
  }

  /** Solves the tridiagonal system (1 - seconds * generator) after = before with the Thomas algorithm. */
  #after(arrivals: number, seconds: number, last: number): Float64Array {
    const before = this.#probabilities;
    const { servers, rate } = this.#station;
    const up = (seconds * arrivals) / this.#portion;
    const down = (seconds * rate) / this.#portion;
    const after = new Float64Array(last + 1);
    const over = new Float64Array(last + 1);
    let [beneath, beneathOver] = [0, 0];
    for (let n = 0; n <= last; n += 1) {
      const leaves = (n < last ? up : 0) + down * Math.min(n, servers);
      const pivot = 1 + leaves - up * beneathOver;
      beneathOver = over[n] = (down * Math.min(n + 1, servers)) / pivot;
      beneath = after[n] = ((before[n] ?? 0) + up * beneath) / pivot;
    }
    for (let n = last - 1; n >= 0; n -= 1) {
      after[n] = (after[n] as number) + (over[n] as number) * (after[n + 1] as number);
    }
    return after;
  }

  #mean(of: (portions: number) => number): number {
    const probabilities = this.#probabilities;
    let sum = 0;
    for (let portions = 0; portions < probabilities.length; portions += 1) {
      sum += (probabilities[portions] as number) * of(portions);
    }
    return sum;
  }
}
