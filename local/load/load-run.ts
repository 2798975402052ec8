import { EventEmitter } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { DDSketch } from "@datadog/sketches-js";
import { Pool } from "undici";
import { type Attack, momentOf, requestsBy } from "../../specs/attack.ts";

/** What came of an attack so far. */
export interface LoadReport {
  /** Seconds since it began; until the last answer in the end. */
  readonly seconds: number;
  /** Requests that were due. Each is answered, unanswered or still under way. */
  readonly requests: number;
  readonly underWay: number;
  /** Answers by their status. */
  readonly answers: Readonly<Record<string, number>>;
  /** Requests that got no answer, by the reason. */
  readonly unanswered: Readonly<Record<string, number>>;
  /** Answers other than 2xx, and all that is unanswered. */
  readonly failed: number;
  /** Milliseconds from when a request was due to the end of its answer; undefined before the first. */
  readonly latency: Readonly<Record<"p50" | "p90" | "p99" | "p99.9" | "max", number>> | undefined;
}

interface LoadRunEvents {
  /** Once a second while it runs. */
  progress: [report: LoadReport];
}

/** Milliseconds to connect, for the answer to begin, and between two parts of it. */
const PATIENCE = 10_000;

const MOST_CONNECTIONS = 512;

/** Beyond these, a request is not even sent: the system would be drowned, and this machine with it. */
const MOST_UNDER_WAY = 10_000;

/** How far a percentile may be off, as a share of its value. */
const ACCURACY = 0.01;

/**
 * An attack on a system, under way. Requests go out when they are due, whether or not those before are answered, and are
 * timed from then on: a system that stalls delays neither the next request nor the beginning of its time, and so no wait is
 * left out of the percentiles (coordinated omission).
 */
export class LoadRun extends EventEmitter<LoadRunEvents> {
  readonly attack: Attack;
  /** Resolves once the attack is over, or stopped, and nothing is under way any more. */
  readonly done: Promise<LoadReport>;
  readonly #pool: Pool;
  readonly #began = performance.now();
  readonly #stopped = new AbortController();
  readonly #latency = new DDSketch({ relativeAccuracy: ACCURACY });
  readonly #answers: Record<string, number> = {};
  readonly #unanswered: Record<string, number> = {};
  #requests = 0;
  #underWay = 0;
  #failed = 0;
  #lastAnswer = this.#began;
  #over = false;

  /** @param origin Of the system, such as `http://127.0.0.1:8080`; it is attacked at once. */
  constructor(attack: Attack, origin: string) {
    super();
    this.attack = attack;
    this.#pool = new Pool(origin, {
      connections: MOST_CONNECTIONS,
      connect: { timeout: PATIENCE },
      headersTimeout: PATIENCE,
      bodyTimeout: PATIENCE,
    });
    this.done = this.#run();
  }

  get report(): LoadReport {
    const { count, max } = this.#latency;
    const percentile = (percent: number) => this.#latency.getValueAtQuantile(percent / 100);
    return {
      seconds: ((this.#over ? this.#lastAnswer : performance.now()) - this.#began) / 1000,
      requests: this.#requests,
      underWay: this.#underWay,
      answers: { ...this.#answers },
      unanswered: { ...this.#unanswered },
      failed: this.#failed,
      latency:
        count === 0
          ? undefined
          : { p50: percentile(50), p90: percentile(90), p99: percentile(99), "p99.9": percentile(99.9), max },
    };
  }

  /** Sends nothing more. What is under way is still waited for. */
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
    // Closes when the last answer is in.
    await this.#pool.close();
    this.#over = true;
    clearInterval(progress);
    return this.report;
  }

  async #send(): Promise<void> {
    const { attack } = this;
    const { signal } = this.#stopped;
    for (;;) {
      const elapsed = (performance.now() - this.#began) / 1000;
      for (const due = requestsBy(attack, elapsed); this.#requests < due; ) {
        this.#requests += 1;
        this.#sendOne(this.#requests);
      }
      if (elapsed >= attack.durationSeconds) {
        return;
      }
      const next = Math.min(momentOf(attack, this.#requests + 1), attack.durationSeconds);
      await pause(Math.ceil((next - elapsed) * 1000), undefined, { signal });
    }
  }

  async #sendOne(request: number): Promise<void> {
    const { method, paths } = this.attack;
    if (this.#underWay >= MOST_UNDER_WAY) {
      this.#fail(`not sent, with ${MOST_UNDER_WAY} under way`);
      return;
    }
    this.#underWay += 1;
    try {
      const path = paths[(request - 1) % paths.length] as string;
      const { statusCode, body } = await this.#pool.request({ method, path });
      await body.dump();
      this.#lastAnswer = performance.now();
      this.#latency.accept(this.#lastAnswer - this.#began - 1000 * momentOf(this.attack, request));
      this.#answers[statusCode] = (this.#answers[statusCode] ?? 0) + 1;
      this.#failed += statusCode < 200 || statusCode > 299 ? 1 : 0;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#fail(code ?? message);
    } finally {
      this.#underWay -= 1;
    }
  }

  #fail(reason: string): void {
    this.#lastAnswer = performance.now();
    this.#unanswered[reason] = (this.#unanswered[reason] ?? 0) + 1;
    this.#failed += 1;
  }
}
