import { EventEmitter } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { DDSketch } from "@datadog/sketches-js";
import { Pool } from "undici";
import { dueAt, type LoadProfile, requestsBy } from "../../model/load-profile.ts";
import { percentile } from "../telemetry/metrics/percentile.ts";

/** Results of a load test so far. */
export interface LoadReport {
  /** Seconds from the start until now or, after the end, until the last response. */
  readonly seconds: number;
  /** Seconds from the start until now, but at most until the last request was due. */
  readonly sendingSeconds: number;
  /** Requests that were due so far, whether they have a response, failed without one, or are in progress. */
  readonly requests: number;
  readonly inProgress: number;
  /** Responses by status. */
  readonly responses: Readonly<Record<string, number>>;
  /** Requests without a response, by reason. */
  readonly withoutResponse: Readonly<Record<string, number>>;
  /** Responses other than 2xx, and requests without a response. */
  readonly failed: number;
  /** Milliseconds from when a request was due to the end of its response; undefined before the first response. */
  readonly latency: Readonly<Record<"p50" | "p90" | "p95" | "p99" | "p99.9" | "max", number>> | undefined;
}

interface LoadRunEvents {
  /** Emitted once per second during the load test. */
  progress: [report: LoadReport];
}

/** Timeout in milliseconds: to connect, until the response begins, and between two parts of it. */
const TIMEOUT = 10_000;

const MAX_CONNECTIONS = 512;

/** Maximum number of requests in progress, so that neither the system nor this machine is overwhelmed. */
const MAX_IN_PROGRESS = 10_000;

/** Largest relative error of a percentile. */
const ACCURACY = 0.01;

/**
 * A running load test. Each request is sent when it is due, even while earlier ones are in progress, and is timed from then
 * on. A stalled system therefore delays neither a request nor the start of its time, and the percentiles include every wait
 * (they avoid coordinated omission).
 */
export class LoadRun extends EventEmitter<LoadRunEvents> {
  readonly profile: LoadProfile;
  /** Resolves once the load test is over or stopped, and no request is in progress. */
  readonly done: Promise<LoadReport>;
  readonly #pool: Pool;
  readonly #began = performance.now();
  readonly #stopped = new AbortController();
  readonly #latency = new DDSketch({ relativeAccuracy: ACCURACY });
  readonly #responses: Record<string, number> = {};
  readonly #withoutResponse: Record<string, number> = {};
  #requests = 0;
  #inProgress = 0;
  #failed = 0;
  #lastResponse = this.#began;
  #endOfSending: number | undefined;
  #over = false;

  /** @param origin Origin of the system, such as `http://127.0.0.1:8080`. The load starts immediately. */
  constructor(profile: LoadProfile, origin: string) {
    super();
    this.profile = profile;
    this.#pool = new Pool(origin, {
      connections: MAX_CONNECTIONS,
      connect: { timeout: TIMEOUT },
      headersTimeout: TIMEOUT,
      bodyTimeout: TIMEOUT,
    });
    this.done = this.#run();
  }

  get report(): LoadReport {
    const { count, max } = this.#latency;
    const at = (percent: number) => percentile(this.#latency, percent / 100);
    return {
      seconds: ((this.#over ? this.#lastResponse : performance.now()) - this.#began) / 1000,
      sendingSeconds: ((this.#endOfSending ?? performance.now()) - this.#began) / 1000,
      requests: this.#requests,
      inProgress: this.#inProgress,
      responses: { ...this.#responses },
      withoutResponse: { ...this.#withoutResponse },
      failed: this.#failed,
      latency: count === 0 ? undefined : { p50: at(50), p90: at(90), p95: at(95), p99: at(99), "p99.9": at(99.9), max },
    };
  }

  /** Stops sending, and lets requests in progress finish. */
  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<LoadReport> {
    const progress = setInterval(() => this.emit("progress", this.report), 1000);
    await this.#send().catch((error: Error) => {
      if (error.name !== "AbortError") {
        throw error;
      }
    });
    this.#endOfSending = performance.now();
    // Resolves after the last response.
    await this.#pool.close();
    this.#over = true;
    clearInterval(progress);
    return this.report;
  }

  async #send(): Promise<void> {
    const { profile } = this;
    const { signal } = this.#stopped;
    for (;;) {
      const elapsed = (performance.now() - this.#began) / 1000;
      for (const due = requestsBy(profile, elapsed); this.#requests < due; ) {
        this.#requests += 1;
        this.#sendOne(this.#requests);
      }
      if (elapsed >= profile.durationSeconds) {
        return;
      }
      const next = Math.min(dueAt(profile, this.#requests + 1), profile.durationSeconds);
      await pause(Math.ceil((next - elapsed) * 1000), undefined, { signal });
    }
  }

  async #sendOne(request: number): Promise<void> {
    const { method, paths } = this.profile;
    if (this.#inProgress >= MAX_IN_PROGRESS) {
      this.#fail(`not sent, with ${MAX_IN_PROGRESS} in progress`);
      return;
    }
    this.#inProgress += 1;
    try {
      const path = paths[(request - 1) % paths.length] as string;
      const { statusCode, body } = await this.#pool.request({ method, path });
      await body.dump();
      this.#lastResponse = performance.now();
      this.#latency.accept(this.#lastResponse - this.#began - 1000 * dueAt(this.profile, request));
      this.#responses[statusCode] = (this.#responses[statusCode] ?? 0) + 1;
      this.#failed += statusCode < 200 || statusCode > 299 ? 1 : 0;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#fail(code ?? message);
    } finally {
      this.#inProgress -= 1;
    }
  }

  #fail(reason: string): void {
    this.#lastResponse = performance.now();
    this.#withoutResponse[reason] = (this.#withoutResponse[reason] ?? 0) + 1;
    this.#failed += 1;
  }
}
