import { Backoff, type Pauses } from "./backoff.ts";
import { type DeadLetterQueue, documentLetter, eventLetter } from "./dead-letters.ts";
import { deliver } from "./delivery.ts";
import { documentsOf } from "./document.ts";
import { ConnectionError, type Domain, RefusedError } from "./domain.ts";
import { decodePayload, type LogBatch, PayloadError } from "./payload.ts";
import type { Engine } from "./settings.ts";
import { putIndexTemplate, putRetentionPolicy } from "./template.ts";

/** What became of one invocation's lines. */
export interface Summary {
  readonly events: number;
  readonly created: number;
  readonly existing: number;
  readonly retried: number;
  /** Rejected documents, or the one unreadable delivery. */
  readonly deadLetters: number;
}

const NOTHING: Summary = { events: 0, created: 0, existing: 0, retried: 0, deadLetters: 0 };

/** Milliseconds of every invocation that are left for dead letters when the domain has had its time. */
const RESERVE = 5_000;

export interface ShipperParts {
  readonly domain: Domain;
  readonly deadLetters: Pick<DeadLetterQueue, "send">;
  readonly engine: Engine;
  readonly retentionDays: number;
  /** Told of what is wrong without keeping the lines from being written. */
  readonly warn: (message: string) => void;
  /** Between tries; the back-off's own by default. */
  readonly pauses?: Pauses;
}

export class Shipper {
  readonly #parts: ShipperParts;
  #hasTemplate = false;
  #hasPolicy = false;

  constructor(parts: ShipperParts) {
    this.#parts = parts;
  }

  /**
   * Settles every line of a delivery: written to the domain, or with its reason in the dead-letter queue. Throws when
   * it cannot, so that the delivery comes again; nothing is written twice then. Dead letters are sent last, so a
   * delivery that comes again has not sent them before.
   *
   * @param milliseconds until the invocation is cut off
   */
  async ship(event: unknown, milliseconds: number): Promise<Summary> {
    const batch = await this.#read(event);
    if (batch === "unreadable") {
      return { ...NOTHING, deadLetters: 1 };
    }
    if (batch === undefined || batch.logEvents.length === 0) {
      return NOTHING;
    }
    const { domain, deadLetters, pauses } = this.#parts;
    const backoff = new Backoff(milliseconds - RESERVE, pauses);
    await this.#prepare(backoff);
    const { created, existing, retried, rejected } = await deliver(documentsOf(batch), domain, backoff);
    await deadLetters.send(rejected.map(documentLetter));
    return { events: batch.logEvents.length, created, existing, retried, deadLetters: rejected.length };
  }

  async #read(event: unknown): Promise<LogBatch | undefined | "unreadable"> {
    try {
      return decodePayload(event);
    } catch (error) {
      if (!(error instanceof PayloadError)) {
        throw error;
      }
      await this.#parts.deadLetters.send([eventLetter(event, error.message)]);
      return "unreadable";
    }
  }

  async #prepare(backoff: Backoff): Promise<void> {
    const { domain, engine, retentionDays, warn } = this.#parts;
    if (!this.#hasPolicy) {
      try {
        await putRetentionPolicy(domain, engine, retentionDays, backoff);
        this.#hasPolicy = true;
      } catch (error) {
        // Lines are worth more than their tidy end: without the policy, indices only live on until it is put.
        if (!(error instanceof ConnectionError || error instanceof RefusedError)) {
          throw error;
        }
        warn(`retention policy not put, trying again next time: ${error.message}`);
      }
    }
    if (!this.#hasTemplate) {
      await putIndexTemplate(domain, backoff);
      this.#hasTemplate = true;
    }
  }
}
