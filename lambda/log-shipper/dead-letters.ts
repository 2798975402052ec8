import * as z from "zod/mini";
import type { BulkEntry } from "./bulk.ts";
import type { Rejection } from "./bulk-results.ts";

/** SQS's limit for a message, and for a batch, in bytes. */
export const MAX_MESSAGE_BYTES = 262_144;

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
export interface Packed {
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

/** A document's id, or an unreadable delivery's text. */
export function keyOf(deadLetter: DeadLetter): string {
  return "id" in deadLetter ? deadLetter.id : deadLetter.event;
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
