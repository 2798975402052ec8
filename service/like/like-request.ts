import type { Dispatcher } from "undici";
import type { RemoteResponse } from "../shared/subsegments.ts";

/** Milliseconds for the monolith to count a like, from name resolution to the last byte; leaves 100 ms of the promised 3 s. */
const LIMIT = 2_900;

/** Milliseconds before each further attempt to connect to the monolith. */
const PAUSES = [100, 300];

/**
 * A like on its way to the monolith, which is sent again only after a failure to connect. Undici's `request` with
 * `AbortSignal.timeout` would use a fifth more CPU time for a like: that timer cannot be stopped, so each like would leave one
 * behind, which builds an error 2.9 s later.
 */
export class LikeRequest implements Dispatcher.DispatchHandler {
  readonly #monolith: Dispatcher;
  readonly #options: Dispatcher.DispatchOptions;
  readonly #settled = Promise.withResolvers<RemoteResponse>();
  readonly #limit = setTimeout(() => this.#giveUp(), LIMIT);
  readonly #chunks: Buffer[] = [];
  #failures = 0;
  #late: Error | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;

  constructor(monolith: Dispatcher, path: string, headers: Readonly<Record<string, string>>) {
    this.#monolith = monolith;
    this.#options = { method: "POST", path, headers };
  }

  /** Resolves with the complete response. */
  send(): Promise<RemoteResponse> {
    this.#monolith.dispatch(this.#options, this);
    return this.#settled.promise;
  }

  /** Called when there is a connection, and before anything is sent. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#late) {
      controller.abort(this.#late);
    }
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.#limit);
    this.#settled.resolve({ status: this.#status, text: Buffer.concat(this.#chunks).toString() });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const pause = failedToConnect(error) ? PAUSES[this.#failures++] : undefined;
    if (pause === undefined || this.#late) {
      clearTimeout(this.#limit);
      this.#settled.reject(error);
    } else {
      setTimeout(() => this.send(), pause);
    }
  }

  #giveUp(): void {
    this.#late = new Error(`no response within ${LIMIT} ms`);
    this.#settled.reject(this.#late);
    this.#controller?.abort(this.#late);
  }
}

/** True only if the request was never sent. */
function failedToConnect(error: unknown): boolean {
  if (error instanceof AggregateError) {
    return error.errors.every(failedToConnect);
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === "UND_ERR_CONNECT_TIMEOUT" || syscall === "connect" || syscall === "getaddrinfo";
}
