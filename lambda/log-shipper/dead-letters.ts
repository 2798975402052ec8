import type { SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod/mini";
import type { BulkEntry, Rejection } from "./bulk.ts";
import type { Credentials } from "./settings.ts";

/** The queue's limit for a message, and for a batch, in bytes. */
export const MAX_MESSAGE_BYTES = 262_144;

const MAX_BATCH_MESSAGES = 10;

const CONCURRENT_BATCHES = 8;

/** Maximum characters of a reason; the rest is cut. */
const MAX_REASON = 1_000;

/** A document that the domain rejected, with the domain's error. */
export interface RejectedDocument {
  readonly reason: string;
  readonly index: string;
  readonly id: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly truncated?: string;
}

/** A delivery that could not be read, as JSON text, with the error. */
export interface UnreadableDelivery {
  readonly reason: string;
  readonly event: string;
  readonly truncated?: string;
}

/** A line or a delivery for which retries are pointless. A queue message holds one or more. */
export type DeadLetter = RejectedDocument | UnreadableDelivery;

export function rejectedDocument({ entry, reason }: Rejection): RejectedDocument {
  return { reason: reason.slice(0, MAX_REASON), index: entry.index, id: entry.id, document: JSON.parse(entry.source) };
}

export function unreadableDelivery(event: unknown, reason: string): UnreadableDelivery {
  return { reason: reason.slice(0, MAX_REASON), event: JSON.stringify(event) ?? "" };
}

/**
 * Packs dead letters into as few SQS messages as possible. If one does not fit into a message, its long strings and lists
 * are cut, and `truncated` says so. The cut content then exists only in CloudWatch Logs, until the log group's retention
 * ends.
 */
export function* encodeMessages(deadLetters: Iterable<DeadLetter>): Generator<Packed> {
  let packed: { key: string; text: string }[] = [];
  let bytes = WRAPPER_BYTES;
  for (const deadLetter of deadLetters) {
    const text = encode(deadLetter);
    const size = Buffer.byteLength(text) + 1;
    if (packed.length > 0 && bytes + size > MAX_MESSAGE_BYTES) {
      yield pack(packed);
      packed = [];
      bytes = WRAPPER_BYTES;
    }
    packed.push({ key: keyOf(deadLetter), text });
    bytes += size;
  }
  if (packed.length > 0) {
    yield pack(packed);
  }
}

/** A message and the keys of the dead letters in it. */
interface Packed {
  readonly body: string;
  readonly keys: readonly string[];
}

const WRAPPER_BYTES = Buffer.byteLength('{"deadLetters":[]}');

function pack(packed: readonly { readonly key: string; readonly text: string }[]): Packed {
  return {
    body: `{"deadLetters":[${packed.map(({ text }) => text).join(",")}]}`,
    keys: packed.map(({ key }) => key),
  };
}

function encode(deadLetter: DeadLetter): string {
  const room = MAX_MESSAGE_BYTES - WRAPPER_BYTES;
  let text = stringify(deadLetter);
  for (let limit = room / 2; Buffer.byteLength(text) > room; limit /= 2) {
    const truncated = `strings over ${Math.floor(limit)} characters and lists over ${Math.floor(limit)} entries were cut to fit; CloudWatch Logs has the full line`;
    text = stringify({ ...deadLetter, truncated }, limit);
  }
  return text;
}

function stringify(deadLetter: DeadLetter, limit = Number.POSITIVE_INFINITY): string {
  const shorten = (_key: string, value: unknown) =>
    (typeof value === "string" || Array.isArray(value)) && value.length > limit ? value.slice(0, limit) : value;
  // SQS rejects these two characters, which are not allowed in XML and which JSON does not escape.
  return JSON.stringify(deadLetter, shorten).replace(/[\uFFFE\uFFFF]/g, (character) =>
    character === "\uFFFE" ? "\\ufffe" : "\\uffff",
  );
}

const truncated = z.optional(z.string());
const deadLetterSchema = z.union([
  z.object({
    reason: z.string(),
    index: z.string(),
    id: z.string(),
    document: z.record(z.string(), z.unknown()),
    truncated,
  }),
  z.object({ reason: z.string(), event: z.string(), truncated }),
]);
const messageSchema = z.object({ deadLetters: z.array(deadLetterSchema) });

/**
 * Decodes a message of the dead-letter queue: one that the shipper sent, or a whole delivery that Lambda put there after
 * its last attempt failed. Returns undefined for any other message.
 */
export function decodeMessage(message: string): readonly DeadLetter[] | undefined {
  const content = parse(message);
  const sent = messageSchema.safeParse(content);
  if (sent.success) {
    return sent.data.deadLetters;
  }
  return isObject(content) && isObject(content.awslogs)
    ? [{ reason: "every invocation failed, and Lambda gave up", event: message }]
    : undefined;
}

/** The document to write. One that was cut is marked, because its id prevents the full one from being written later. */
export function entryOf({ index, id, document, truncated }: RejectedDocument): BulkEntry {
  const mark = truncated !== undefined && { "@truncated": `dead letter: ${truncated}` };
  return { index, id, source: JSON.stringify({ ...document, ...mark }) };
}

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

/** A document's id, or an unreadable delivery's text. */
function keyOf(deadLetter: DeadLetter): string {
  return "id" in deadLetter ? deadLetter.id : deadLetter.event;
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

/** A message's JSON, or undefined for other text and for JSON that is nested too deeply to be written again. */
function parse(message: string): unknown {
  try {
    const content = JSON.parse(message);
    // With a function, as in stringify above: without one, Node.js writes any depth.
    JSON.stringify(content, (_key, value) => value);
    return content;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
