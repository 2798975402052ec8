import type { SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod/mini";
import type { BulkEntry, Rejection } from "./bulk.ts";
import type { Credentials } from "./settings.ts";

/** SQS takes messages, and batches of them, up to this many bytes unless a queue is told to take more. */
export const MAX_MESSAGE_BYTES = 262_144;

const MAX_BATCH_MESSAGES = 10;

/** Batches on their way at once. */
const BATCHES_AT_ONCE = 8;

const MAX_REASON = 1_000;

/** A document that the domain rejected, with what the domain said. */
export interface DocumentLetter {
  readonly reason: string;
  readonly index: string;
  readonly id: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly truncated?: string;
}

/** A delivery that could not be read, as JSON text, with what was wrong with it. */
export interface EventLetter {
  readonly reason: string;
  readonly event: string;
  readonly truncated?: string;
}

export type DeadLetter = DocumentLetter | EventLetter;

export function documentLetter({ entry, reason }: Rejection): DocumentLetter {
  return { reason: reason.slice(0, MAX_REASON), index: entry.index, id: entry.id, document: JSON.parse(entry.source) };
}

export function eventLetter(event: unknown, reason: string): EventLetter {
  return { reason: reason.slice(0, MAX_REASON), event: JSON.stringify(event) ?? "" };
}

/**
 * The message that carries a letter. One that would not fit into a message has its long texts and lists cut, as a note
 * in it says. What was cut off stands in CloudWatch Logs only, for as long as the log group keeps it.
 */
export function encodeLetter(letter: DeadLetter): string {
  let message = encode(letter);
  for (let limit = MAX_MESSAGE_BYTES / 2; Buffer.byteLength(message) > MAX_MESSAGE_BYTES; limit /= 2) {
    const truncated = `texts over ${limit} characters and lists over ${limit} entries were cut to fit; find the whole in CloudWatch Logs`;
    message = encode({ ...letter, truncated }, limit);
  }
  return message;
}

function encode(letter: DeadLetter, limit = Number.POSITIVE_INFINITY): string {
  const shorten = (_key: string, value: unknown) =>
    (typeof value === "string" || Array.isArray(value)) && value.length > limit ? value.slice(0, limit) : value;
  // SQS refuses the two characters that XML does not know and JSON leaves as they are.
  return JSON.stringify(letter, shorten).replace(/[\uFFFE\uFFFF]/g, (character) =>
    character === "\uFFFE" ? "\\ufffe" : "\\uffff",
  );
}

const truncated = z.optional(z.string());
const letterSchema = z.union([
  z.object({
    reason: z.string(),
    index: z.string(),
    id: z.string(),
    document: z.record(z.string(), z.unknown()),
    truncated,
  }),
  z.object({ reason: z.string(), event: z.string(), truncated }),
]);

/**
 * Reads a message of the dead-letter queue: one of ours, or a whole delivery as Lambda itself puts it there when all its tries have failed.
 * Nothing comes back for a message that is neither.
 */
export function decodeLetter(message: string): DeadLetter | undefined {
  const content = parse(message);
  const letter = letterSchema.safeParse(content);
  if (letter.success) {
    return letter.data;
  }
  return isObject(content) && isObject(content.awslogs)
    ? { reason: "the invocation failed until Lambda gave up", event: message }
    : undefined;
}

export function entryOf({ index, id, document }: DocumentLetter): BulkEntry {
  return { index, id, source: JSON.stringify(document) };
}

/** The queue for what can be delivered no better by trying again. */
export class DeadLetterQueue {
  readonly #queueUrl: string;
  readonly #region: string;
  readonly #credentials: Credentials;
  #client: SQSClient | undefined;

  constructor(queueUrl: string, region: string, credentials: Credentials) {
    this.#queueUrl = queueUrl;
    this.#region = region;
    this.#credentials = credentials;
  }

  /** Sends every letter. Throws when SQS has not taken all of them; sending all of them again is then right. */
  async send(letters: readonly DeadLetter[]): Promise<void> {
    const batches = [...batchesOf(letters.map(encodeLetter))];
    for (let start = 0; start < batches.length; start += BATCHES_AT_ONCE) {
      await Promise.all(batches.slice(start, start + BATCHES_AT_ONCE).map((batch) => this.#sendBatch(batch)));
    }
  }

  async #sendBatch(messages: readonly string[]): Promise<void> {
    // Loaded only here: most invocations have no dead letter, and the client is most of the bundle.
    const { SendMessageBatchCommand, SQSClient } = await import("@aws-sdk/client-sqs");
    this.#client ??= new SQSClient({
      region: this.#region,
      endpoint: new URL(this.#queueUrl).origin,
      credentials: this.#credentials,
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
    });
    const Entries = messages.map((MessageBody, position) => ({ Id: String(position), MessageBody }));
    const { Failed = [] } = await this.#client.send(new SendMessageBatchCommand({ QueueUrl: this.#queueUrl, Entries }));
    const [first] = Failed;
    if (first) {
      throw new Error(
        `SQS did not take ${Failed.length} of ${messages.length} dead letters: ${first.Code} ${first.Message}`,
      );
    }
  }
}

function* batchesOf(messages: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message);
    if (batch.length === MAX_BATCH_MESSAGES || bytes + size > MAX_MESSAGE_BYTES) {
      yield batch;
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

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
