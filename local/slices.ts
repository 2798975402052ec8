import { setImmediate as others } from "node:timers/promises";

/** Milliseconds of work at a stretch: likes go through the same event loop, and should not feel that somebody searches. */
const SLICE = 5;

/** Cuts long work into slices, between which everything else gets its turn. */
export class Slices {
  readonly #signal: AbortSignal;
  #began = performance.now();

  /** @param signal given when nobody waits for the work any more */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether it is the others' turn. */
  get over(): boolean {
    return performance.now() - this.#began > SLICE;
  }

  /** Resolves when the others have had their turn. Rejects when the signal has been given. */
  async giveWay(): Promise<void> {
    await others();
    this.#signal.throwIfAborted();
    this.#began = performance.now();
  }
}
