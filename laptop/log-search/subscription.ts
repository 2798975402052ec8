import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { LogEvent } from "../../lambda/log-shipper/payload.ts";

/** A log stream of CloudWatch Logs. */
export interface LogStream {
  readonly logGroup: string;
  readonly logStream: string;
}

export interface SubscriptionOptions {
  /** Ships a delivery. Rejects if it must be repeated. */
  readonly deliver: (event: object) => Promise<unknown>;
  /** Reports a delivery that failed. */
  readonly failed: (message: string) => void;
}

/** Milliseconds between two deliveries. */
const INTERVAL = 1_000;

/** Maximum characters of the lines in a delivery. CloudWatch Logs cuts batches at about 1 MiB. */
const MAX_CHARACTERS = 1024 * 1024;

/** Maximum number of waiting lines. CloudWatch Logs keeps undelivered lines for a day. */
const MAX_WAITING = 50_000;

const ACCOUNT = "123456789012";

/** Delivers log lines to the log shipper, as the subscriptions of the log groups do in AWS. */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #stopped = new AbortController();
  /** Lines that wait, by log group and stream. */
  readonly #waiting = new Map<string, LogStream & { readonly events: LogEvent[] }>();
  #lines = 0;
  #waitingLines = 0;
  #full = false;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#run();
  }

  /** Discards the line if too many are waiting. */
  add({ logGroup, logStream }: LogStream, message: string): void {
    if (this.#waitingLines === MAX_WAITING) {
      if (!this.#full) {
        this.#options.failed(`${MAX_WAITING} lines are waiting; further lines are discarded`);
      }
      this.#full = true;
      return;
    }
    this.#full = false;
    const key = `${logGroup} ${logStream}`;
    const stream = this.#waiting.get(key) ?? { logGroup, logStream, events: [] };
    const timestamp = Date.now();
    this.#lines += 1;
    this.#waitingLines += 1;
    // Like CloudWatch Logs' ids: 56 digits, ascending.
    stream.events.push({ id: `${timestamp}${String(this.#lines).padStart(43, "0")}`, timestamp, message });
    this.#waiting.set(key, stream);
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await pause(INTERVAL, undefined, { signal, ref: false }).catch(() => {});
      for (const [key, { events, ...stream }] of signal.aborted ? [] : this.#waiting) {
        const count = countWithin(events, MAX_CHARACTERS);
        try {
          await this.#options.deliver(delivery(stream, events.slice(0, count)));
        } catch (error) {
          this.#options.failed((error as Error).message);
          continue;
        }
        events.splice(0, count);
        this.#waitingLines -= count;
        if (events.length === 0) {
          this.#waiting.delete(key);
        }
      }
    }
  }
}

/** Number of leading lines that fit into a delivery; at least one. */
function countWithin(events: readonly LogEvent[], characters: number): number {
  let left = characters;
  const first = events.findIndex(({ message }) => {
    left -= message.length;
    return left < 0;
  });
  return first === -1 ? events.length : Math.max(1, first);
}

/** An invocation's event as CloudWatch Logs sends it: JSON in gzip in base64. */
function delivery(stream: LogStream, logEvents: readonly LogEvent[]): object {
  const content = {
    messageType: "DATA_MESSAGE",
    owner: ACCOUNT,
    ...stream,
    subscriptionFilters: ["log-shipper"],
    logEvents,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(content)).toString("base64") } };
}
