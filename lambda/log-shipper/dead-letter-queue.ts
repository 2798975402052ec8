import type { SQSClient } from "@aws-sdk/client-sqs";
import { type DeadLetter, encodeMessages, keyOf, MAX_MESSAGE_BYTES, type Packed } from "./dead-letters.ts";
import type { Credentials } from "./settings.ts";

const MAX_BATCH_MESSAGES = 10;

const CONCURRENT_BATCHES = 8;

/** Number of ids to remember from sends that failed halfway. */
const MAX_REMEMBERED = 100_000;

/** Timeout of one SQS call, in milliseconds. */
export interface CallLimits {
  readonly connection: number;
  readonly response: number;
}

const CALL_LIMITS: CallLimits = { connection: 1_000, response: 2_000 };

/** The queue for documents and deliveries for which retries are pointless. */
export class DeadLetterQueue {
  readonly #queueUrl: string;
  readonly #region: string;
  readonly #credentials: Credentials;
  readonly #limits: CallLimits;
  #client: SQSClient | undefined;
  /** Documents already sent for a delivery that then failed, so that its redelivery continues where it stopped. */
  readonly #sent = new Set<string>();

  constructor(queueUrl: string, region: string, credentials: Credentials, limits: CallLimits = CALL_LIMITS) {
    this.#queueUrl = queueUrl;
    this.#region = region;
    this.#credentials = credentials;
    this.#limits = limits;
  }

  /**
   * Sends every dead letter within `milliseconds`. Otherwise throws; a redelivery to the same process then sends only those
   * that SQS has not accepted yet. The dead letters are read while they are sent, so that large ones are not all in memory.
   */
  async send(deadLetters: Iterable<DeadLetter>, milliseconds: number): Promise<void> {
    const keys = new Set<string>();
    const batches = batchesOf(encodeMessages(this.#open(deadLetters, keys)));
    const signal = AbortSignal.timeout(Math.max(1, Math.floor(milliseconds)));
    for (const group of groupsOf(batches, CONCURRENT_BATCHES)) {
      const results = await Promise.allSettled(group.map((batch) => this.#sendBatch(batch, signal)));
      const failed = results.find((result) => result.status === "rejected");
      if (failed) {
        throw new Error(`the dead-letter queue did not accept everything: ${messageOf(failed.reason)}`, {
          cause: failed.reason,
        });
      }
    }
    for (const key of keys) {
      this.#sent.delete(key);
    }
  }

  /** The dead letters that SQS has not accepted yet. Adds the keys of all to `keys`. */
  *#open(deadLetters: Iterable<DeadLetter>, keys: Set<string>): Generator<DeadLetter> {
    for (const deadLetter of deadLetters) {
      const key = keyOf(deadLetter);
      keys.add(key);
      if (!this.#sent.has(key)) {
        yield deadLetter;
      }
    }
  }

  async #sendBatch(messages: readonly Packed[], abortSignal: AbortSignal): Promise<void> {
    // Loaded on demand: most invocations have no dead letters, and the client is most of the bundle.
    const { SendMessageBatchCommand, SQSClient } = await import("@aws-sdk/client-sqs");
    this.#client ??= new SQSClient({
      region: this.#region,
      endpoint: new URL(this.#queueUrl).origin,
      credentials: this.#credentials,
      maxAttempts: 3,
      requestHandler: {
        connectionTimeout: this.#limits.connection,
        requestTimeout: this.#limits.response,
        throwOnRequestTimeout: true,
      },
    });
    const Entries = messages.map(({ body }, position) => ({ Id: String(position), MessageBody: body }));
    const { Failed = [] } = await this.#client.send(
      new SendMessageBatchCommand({ QueueUrl: this.#queueUrl, Entries }),
      { abortSignal },
    );
    const refused = new Set(Failed.map(({ Id }) => Number(Id)));
    this.#remember(messages.filter((_, position) => !refused.has(position)).flatMap(({ keys }) => keys));
    const [first] = Failed;
    if (first) {
      throw new Error(`${Failed.length} of ${messages.length} messages failed: ${first.Code} ${first.Message}`);
    }
  }

  #remember(keys: readonly string[]): void {
    if (this.#sent.size > MAX_REMEMBERED) {
      this.#sent.clear();
    }
    for (const key of keys) {
      this.#sent.add(key);
    }
  }
}

function messageOf(error: unknown): string {
  const { name, message } = error as Error;
  return name === "AbortError" || name === "TimeoutError" ? "no time was left for more messages" : message;
}

function* groupsOf<Item>(items: Iterable<Item>, size: number): Generator<readonly Item[]> {
  let group: Item[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length === size) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) {
    yield group;
  }
}

function* batchesOf(messages: Iterable<Packed>): Generator<readonly Packed[]> {
  let batch: Packed[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body);
    if (batch.length === MAX_BATCH_MESSAGES || bytes + size > MAX_MESSAGE_BYTES) {
      if (batch.length > 0) {
        yield batch;
      }
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) {
    yield batch;
  }
}
