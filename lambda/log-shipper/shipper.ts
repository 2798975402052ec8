import { Backoff, type Pauses } from "./backoff.ts";
import type { DeadLetterQueue } from "./dead-letter-queue.ts";
import { rejectedDocument, unreadableDelivery } from "./dead-letters.ts";
import { deliver } from "./delivery.ts";
import { documentsByIndex } from "./document.ts";
import { ConnectionError, type Domain, RefusedError } from "./domain.ts";
import { decodePayload, type LogBatch, PayloadError } from "./payload.ts";
import type { Engine } from "./settings.ts";
import { putIndexTemplate, putRetentionPolicy } from "./template.ts";

/** Counts of one invocation. */
export interface Summary {
  readonly events: number;
  readonly created: number;
  readonly existing: number;
  readonly retried: number;
  /** Rejected documents, or 1 for an unreadable delivery. */
  readonly deadLetters: number;
}

const NOTHING: Summary = { events: 0, created: 0, existing: 0, retried: 0, deadLetters: 0 };

/** Milliseconds of each invocation that are reserved for sending dead letters. */
const RESERVE = 5_000;

/** Milliseconds at the end in which nothing more is sent, so that the invocation fails before its timeout and Lambda keeps the process. */
const MARGIN = 250;

export interface ShipperParts {
  /** First part of the names of the index template and the retention policy. */
  readonly project: string;
  readonly domain: Domain;
  readonly deadLetters: Pick<DeadLetterQueue, "send">;
  readonly engine: Engine;
  readonly retentionDays: number;
  /** Reports problems that do not prevent lines from being written. */
  readonly warn: (message: string) => void;
  /** Pauses between attempts; the back-off's default when omitted. */
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
   * Writes every line of a delivery to the domain, or puts it into the dead-letter queue with its reason. Otherwise throws,
   * so that Lambda repeats the delivery; the repeat writes nothing twice. Dead letters are sent last. If time runs out
   * before all are sent, a repeat in the same process continues with the next one; in a new process it sends them again,
   * which the replay recognizes by the documents' ids.
   *
   * @param milliseconds until the invocation's timeout
   */
  async ship(event: unknown, milliseconds: number): Promise<Summary> {
    const end = performance.now() + milliseconds - MARGIN;
    const batch = await this.#read(event, end);
    if (batch === "unreadable") {
      return { ...NOTHING, deadLetters: 1 };
    }
    if (batch === undefined || batch.logEvents.length === 0) {
      return NOTHING;
    }
    const { domain, deadLetters, pauses } = this.#parts;
    const backoff = new Backoff(milliseconds - RESERVE, pauses);
    await this.#prepare(backoff);
    const events = batch.logEvents.length;
    const outcome = await deliver(documentsByIndex(batch), events, domain, backoff);
    if (outcome.unfinished) {
      throw outcome.unfinished.error;
    }
    const { created, existing, retried, rejected } = outcome;
    await deadLetters.send(rejected.values().map(rejectedDocument), end - performance.now());
    return { events, created, existing, retried, deadLetters: rejected.length };
  }

  async #read(event: unknown, end: number): Promise<LogBatch | undefined | "unreadable"> {
    try {
      return await decodePayload(event);
    } catch (error) {
      if (!(error instanceof PayloadError)) {
        throw error;
      }
      await this.#parts.deadLetters.send([unreadableDelivery(event, error.message)], end - performance.now());
      return "unreadable";
    }
  }

  async #prepare(backoff: Backoff): Promise<void> {
    const { project, domain, engine, retentionDays, warn } = this.#parts;
    if (!this.#hasPolicy) {
      try {
        await putRetentionPolicy(domain, project, engine, retentionDays, backoff);
        this.#hasPolicy = true;
      } catch (error) {
        // Lines matter more than their deletion: without the policy, indices are only kept longer.
        if (!(error instanceof ConnectionError || error instanceof RefusedError)) {
          throw error;
        }
        warn(`the retention policy was not set and will be tried again with the next invocation: ${error.message}`);
      }
    }
    if (!this.#hasTemplate) {
      await putIndexTemplate(domain, project, backoff);
      this.#hasTemplate = true;
    }
  }
}
