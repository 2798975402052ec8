import { setTimeout } from "node:timers/promises";

/** Thrown when the time for trying again has run out. */
class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}

/** Milliseconds. The first pause is at most `base`; each further one may be twice as long, up to `cap`. */
export interface Pauses {
  readonly base: number;
  readonly cap: number;
}

const PAUSES: Pauses = { base: 200, cap: 5_000 };

/** A try with less time than this could hardly be answered. */
const SHORTEST_TRY = 250;

/** Time for tries and the pauses between them: exponential, with full jitter, so that shippers do not march in step. */
export class Backoff {
  readonly #deadline: number;
  readonly #pauses: Pauses;
  #tries = 0;

  /** @param milliseconds from now until the last try has to be over */
  constructor(milliseconds: number, pauses: Pauses = PAUSES) {
    this.#deadline = performance.now() + milliseconds;
    this.#pauses = pauses;
  }

  /** Milliseconds that are left, never below zero. */
  get left(): number {
    return Math.max(0, this.#deadline - performance.now());
  }

  /** Waits before the next try. Throws an UnavailableError, with the trouble in its message, when there is no time for one. */
  async pause(trouble: string): Promise<void> {
    const { base, cap } = this.#pauses;
    const pause = Math.random() * Math.min(cap, base * 2 ** this.#tries);
    this.#tries += 1;
    if (this.left < pause + SHORTEST_TRY) {
      throw new UnavailableError(
        `the search domain did not take everything in time, after ${this.#tries} tries: ${trouble}`,
      );
    }
    await setTimeout(pause);
  }
}
