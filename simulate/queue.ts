import type { Station } from "./station.ts";

/** What a span of time did to requests; the numbers are means, and so not whole. */
export interface Flow {
  readonly arrived: number;
  readonly served: number;
  readonly failed: number;
}

/** A probability that is as good as none. */
const TINY = 1e-15;

/**
 * The requests in one task, as the probability of each number of them: a birth-death chain that random arrivals move up
 * and busy servers down.
 *
 * With exponential service times this is M/M/c with limited room, exactly, at rest and on the way there. Other service
 * times are reckoned in portions of `(1 + spread²) / 2` requests, which gives the mean wait of Pollaczek and Khinchine
 * for one server, and the approximation of Allen and Cunneen for several.
 */
export class Queue {
  readonly #station: Station;
  readonly #portion: number;
  /** Most portions that a task takes. */
  readonly #room: number;
  /** Of each number of portions; those that are left out at the end are as good as impossible. */
  #probabilities: Float64Array = Float64Array.of(1);

  constructor(station: Station) {
    const { servers, rate, spread, patience } = station;
    this.#station = station;
    this.#portion = (1 + spread ** 2) / 2;
    this.#room = servers + Math.max(1, Math.round((servers * rate * patience) / this.#portion));
  }

  /** Requests in the task, waiting or with a server. */
  get inside(): number {
    return this.#portion * this.#mean((portions) => portions);
  }

  get waiting(): number {
    return this.#portion * this.#mean((portions) => Math.max(0, portions - this.#station.servers));
  }

  /** Share of the requests that arrive now and find so many portions before them, and room. */
  get found(): Readonly<Float64Array> {
    return this.#probabilities.subarray(0, this.#room);
  }

  /**
   * One implicit step: stable however long it is, exact at rest, and what arrives is served, fails or is inside.
   * @param arrivals requests a second
   */
  step(arrivals: number, seconds: number): Flow {
    let last = this.#probabilities.length;
    let after: Float64Array;
    do {
      last = Math.min(this.#room, 2 * last + 16);
      after = this.#after(arrivals, seconds, last);
    } while (last < this.#room && (after[last] as number) > TINY);
    const full = last === this.#room ? (after[last] as number) : 0;
    while (last > 0 && (after[last] as number) < TINY) {
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
   * Becomes the queue of any of two kinds of tasks. It goes on as they do on average, exactly, as long as they get the
   * same requests.
   * @param weight of the other kind, from 0 to 1
   */
  blend(other: Queue, weight: number): void {
    const length = Math.max(this.#probabilities.length, other.#probabilities.length);
    this.#probabilities = Float64Array.from(
      { length },
      (_, n) => (this.#probabilities[n] ?? 0) * (1 - weight) + (other.#probabilities[n] ?? 0) * weight,
    );
  }

  /** A task of the same kind, in the same state. */
  copy(): Queue {
    const copy = new Queue(this.#station);
    copy.#probabilities = this.#probabilities;
    return copy;
  }

  /** Thomas' algorithm for the tridiagonal system (1 - seconds * generator) after = before. */
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
    return this.#probabilities.reduce((sum, probability, portions) => sum + probability * of(portions), 0);
  }
}
