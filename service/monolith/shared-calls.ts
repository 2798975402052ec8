interface Batch<Result> extends PromiseWithResolvers<Result> {
  callers: number;
  /** Time of the first caller, in milliseconds of `performance.now()`. */
  readonly since: number;
}

/** A call that starts. */
export interface Start {
  /** Number of callers that share it. */
  readonly callers: number;
  /** Milliseconds since its first caller arrived. */
  readonly waited: number;
}

/** Thrown for a caller whose call did not start in time. The caller is not part of any call. */
export class NotStartedError extends Error {}

/**
 * Runs at most one call per key at a time. Callers that arrive during a call share the next one, so the call of each
 * caller starts after the caller has arrived. Results are not kept.
 */
export class SharedCalls<Result> {
  readonly #call: (key: string, start: Start) => Promise<Result>;
  readonly #running = new Set<string>();
  readonly #next = new Map<string, Batch<Result>>();

  constructor(call: (key: string, start: Start) => Promise<Result>) {
    this.#call = call;
  }

  /**
   * Settles with the result of a call that starts now or next. Throws a {@link NotStartedError} if it does not start in
   * time.
   *
   * @param startLimit Milliseconds to wait for the start. Default: no limit.
   */
  join(key: string, startLimit?: number): Promise<Result> {
    if (!this.#running.has(key)) {
      const batch: Batch<Result> = { callers: 1, since: performance.now(), ...Promise.withResolvers() };
      this.#run(key, batch);
      return batch.promise;
    }
    const batch = this.#next.get(key) ?? { callers: 0, since: performance.now(), ...Promise.withResolvers<Result>() };
    batch.callers += 1;
    this.#next.set(key, batch);
    return startLimit === undefined ? batch.promise : this.#started(key, batch, startLimit);
  }

  /** Settles like the batch. A caller that waits too long leaves it before it starts. */
  #started(key: string, batch: Batch<Result>, limit: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        if (this.#next.get(key) === batch) {
          this.#leave(key, batch);
          reject(new NotStartedError(`not started within ${limit} ms, because an earlier call takes too long`));
        }
      }, limit);
      batch.promise.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  #leave(key: string, batch: Batch<Result>): void {
    batch.callers -= 1;
    if (batch.callers === 0) {
      this.#next.delete(key);
    }
  }

  async #run(key: string, batch: Batch<Result>): Promise<void> {
    this.#running.add(key);
    const { callers, since } = batch;
    const start = { callers, waited: performance.now() - since };
    await this.#call(key, start).then(batch.resolve, batch.reject);
    const next = this.#next.get(key);
    if (next === undefined) {
      this.#running.delete(key);
    } else {
      this.#next.delete(key);
      this.#run(key, next);
    }
  }
}
