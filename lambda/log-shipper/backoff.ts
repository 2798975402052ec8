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

/** Milliseconds that a try needs at least to have a chance of a response. */
const SHORTEST_TRY = 250;

/**
 * Time budget for tries and the pauses between them. Pauses grow exponentially with full jitter, so that concurrent
 * shippers do not retry in lockstep.
 */
export class Backoff {
  readonly #deadline: number;
  readonly #pauses: Pauses;
  #tries = 0;
  #firstProblem: string | undefined;

  /** @param milliseconds from now until the last try must have ended */
  constructor(milliseconds: number, pauses: Pauses = PAUSES) {
    this.#deadline = performance.now() + milliseconds;
    this.#pauses = pauses;
  }

  /** Milliseconds left, never below zero. */
  get left(): number {
    return Math.max(0, this.#deadline - performance.now());
  }

  /**
   * Waits before the next try. When no time is left for one, throws an UnavailableError that quotes the first and the last
   * problem: the last try may have been cut short by the end of the time, which does not say what is wrong.
   */
  async pause(problem: string): Promise<void> {
    this.#firstProblem ??= problem;
    const { base, cap } = this.#pauses;
    const pause = Math.random() * Math.min(cap, base * 2 ** this.#tries);
    this.#tries += 1;
    if (this.left < pause + SHORTEST_TRY) {
      const problems = problem === this.#firstProblem ? problem : `${this.#firstProblem}; last: ${problem}`;
      throw new UnavailableError(
        `the search domain did not accept everything in time, after ${this.#tries} tries: ${problems}`,
      );
    }
    await setTimeout(pause);
  }
}
