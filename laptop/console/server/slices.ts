import { setImmediate as nextTurn } from "node:timers/promises";

/** Milliseconds of uninterrupted work. Likes share the event loop, and a search must not slow them down. */
const SLICE = 5;

/** Cuts long work into slices and lets other work run between them. */
export class Slices {
  readonly #signal: AbortSignal;
  #startedAt = performance.now();

  /** @param signal aborted when the result is no longer needed */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** True when the current slice has used up its time. */
  get over(): boolean {
    return performance.now() - this.#startedAt > SLICE;
  }

  /** Lets other work run, then starts the next slice. Rejects if the signal is aborted. */
  async giveWay(): Promise<void> {
    await nextTurn();
    this.#signal.throwIfAborted();
    this.#startedAt = performance.now();
  }
}
