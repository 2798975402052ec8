import { setTimeout } from "node:timers/promises";

/** Thrown when no time is left for another try. */
class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}

/** Milliseconds. The first pause is at most `base`; the limit doubles with each further pause, up to `cap`. */
export interface Pauses {
  readonly base: number;
  readonly cap: number;
}

const PAUSES: Pauses = { base: 200, cap: 5_000 };

/** Minimum milliseconds for an attempt to have a chance of a response. */
const SHORTEST_ATTEMPT = 250;

/**
 * Time budget for attempts and the pauses between them. Pauses grow exponentially with full jitter, so that concurrent
 * shippers do not retry in lockstep.
 */
export class Backoff {
  readonly #deadline: number;
  readonly #pauses: Pauses;
  #attempts = 0;
  #firstProblem: string | undefined;

  /** @param milliseconds from now until the last attempt must have ended */
  constructor(milliseconds: number, pauses: Pauses = PAUSES) {
    this.#deadline = performance.now() + milliseconds;
    this.#pauses = pauses;
  }

  /** Milliseconds left, never below zero. */
  get left(): number {
    return Math.max(0, this.#deadline - performance.now());
  }

  /**
   * Waits before the next attempt. Without time for one, throws an UnavailableError that quotes the first and the last
   * problem: the deadline may have cut the last attempt short, which hides the real cause.
   */
  async pause(problem: string): Promise<void> {
    this.#firstProblem ??= problem;
    const { base, cap } = this.#pauses;
    const pause = Math.random() * Math.min(cap, base * 2 ** this.#attempts);
    this.#attempts += 1;
    if (this.left < pause + SHORTEST_ATTEMPT) {
      const problems = problem === this.#firstProblem ? problem : `${this.#firstProblem}; last: ${problem}`;
      throw new UnavailableError(
        `the search domain did not accept everything in time, after ${this.#attempts} attempts: ${problems}`,
      );
    }
    await setTimeout(pause);
  }
}
