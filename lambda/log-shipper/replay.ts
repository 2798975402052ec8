import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { Backoff } from "./backoff.ts";
import type { BulkEntry } from "./bulk.ts";
import { type DeadLetter, decodeMessage, encodeMessages, entryOf, type UnreadableDelivery } from "./dead-letters.ts";
import { deliver } from "./delivery.ts";
import { documentsByIndex } from "./document.ts";
import type { Domain } from "./domain.ts";
import { decodePayload, PayloadError } from "./payload.ts";

/** Messages that are received before their documents are written, and the bytes after which no more are received. */
const BATCH_MESSAGES = 100;
const BATCH_BYTES = 8 * 1024 * 1024;

/** SQS's limit of messages per call. */
const MESSAGES_PER_CALL = 10;

/** Visibility timeout of received messages, in seconds. */
const VISIBILITY_TIMEOUT = 300;

/** Milliseconds for writing one batch, well within the visibility timeout. */
const WRITE_LIMIT = 120_000;

export interface Replay {
  readonly queueUrl: string;
  readonly sqs: SQSClient;
  readonly domain: Domain;
  /** True to write and delete nothing. */
  readonly dryRun: boolean;
  /** Milliseconds for writing one batch; well within the visibility timeout when omitted. */
  readonly writeLimit?: number;
  /** Called after each batch with the result so far. */
  readonly progress?: (result: ReplayResult) => void;
}

/** Counts of dead letters. A message from another program counts as one. */
export interface ReplayResult {
  readonly read: number;
  /** Dead letters whose documents are now in the domain, removed from the queue. In a dry run, those that could be replayed. */
  readonly accepted: number;
  /** Dead letters left in the queue, by reason. */
  readonly remaining: ReadonlyMap<string, number>;
}

/** A received message, with its dead letters or undefined for a message from another program. */
interface Received {
  readonly message: Message;
  readonly deadLetters: readonly DeadLetter[] | undefined;
}

/** The reason why a dead letter could not be replayed or was not accepted; undefined if it was accepted. */
type Reasons = ReadonlyMap<DeadLetter, string | undefined>;

/**
 * Writes the documents of all dead letters to the domain and removes those that it accepts. Every dead letter is tried
 * once; the others stay in the queue and become visible again. Throws when the domain or the queue cannot be reached. It
 * can be run again safely, since documents keep their ids.
 */
export async function replay(options: Replay): Promise<ReplayResult> {
  const { dryRun, progress } = options;
  const seen = new Set<string>();
  const remaining = new Map<string, number>();
  const kept: Message[] = [];
  let read = 0;
  let accepted = 0;
  try {
    const next = () => receive(options, seen, kept);
    for (let messages = await next(); messages.length > 0; messages = await next()) {
      kept.push(...messages);
      const received = messages.map((message) => ({ message, deadLetters: decodeMessage(message.Body ?? "") }));
      const reasons = dryRun ? await problemsOf(received) : await write(received, options);
      if (!dryRun) {
        const settled = await settle(received, reasons, seen, options);
        kept.splice(-messages.length, messages.length, ...messages.filter((message) => !settled.has(message)));
      }
      for (const { deadLetters } of received) {
        const outcomes = deadLetters?.map((deadLetter) => reasons.get(deadLetter)) ?? [FOREIGN];
        read += outcomes.length;
        for (const reason of outcomes) {
          if (reason === undefined) {
            accepted += 1;
          } else {
            const kind = withoutDocument(reason);
            remaining.set(kind, (remaining.get(kind) ?? 0) + 1);
          }
        }
      }
      progress?.({ read, accepted, remaining });
    }
  } finally {
    await release(kept, options);
  }
  return { read, accepted, remaining };
}

const FOREIGN = "not a dead letter of the log shipper";

/** Leaves the document's id and value out of a reason, so that dead letters with the same cause are counted together. */
function withoutDocument(reason: string): string {
  return reason.replace(/ in document with id '.*$/s, "");
}

/**
 * Receives the next messages that have not been read before; none when the queue has no more. Adds those that have been read
 * before to `kept`: receiving one hides it again.
 */
async function receive({ sqs, queueUrl }: Replay, seen: Set<string>, kept: Message[]): Promise<Message[]> {
  const messages: Message[] = [];
  let bytes = 0;
  while (messages.length < BATCH_MESSAGES && bytes < BATCH_BYTES) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: MESSAGES_PER_CALL,
        VisibilityTimeout: VISIBILITY_TIMEOUT,
        // Long polling asks all servers of the queue, so an empty response means that the queue is empty.
        WaitTimeSeconds: 1,
      }),
    );
    const fresh = Messages.filter(({ MessageId = "" }) => !seen.has(MessageId));
    kept.push(...Messages.filter((message) => !fresh.includes(message)));
    if (fresh.length === 0) {
      break;
    }
    for (const { MessageId = "", Body = "" } of fresh) {
      seen.add(MessageId);
      bytes += Body.length;
    }
    messages.push(...fresh);
  }
  return messages;
}

async function problemsOf(received: readonly Received[]): Promise<Reasons> {
  const reasons = new Map<DeadLetter, string | undefined>();
  for (const deadLetter of received.flatMap(({ deadLetters = [] }) => deadLetters)) {
    const entries = await entriesOf(deadLetter);
    reasons.set(deadLetter, typeof entries === "string" ? entries : undefined);
  }
  return reasons;
}

/** Writes the dead letters' documents. */
async function write(received: readonly Received[], { domain, writeLimit = WRITE_LIMIT }: Replay): Promise<Reasons> {
  const reasons = new Map<DeadLetter, string | undefined>();
  const deadLetterOf = new Map<BulkEntry, DeadLetter>();
  for (const deadLetter of received.flatMap(({ deadLetters = [] }) => deadLetters)) {
    const entries = await entriesOf(deadLetter);
    reasons.set(deadLetter, typeof entries === "string" ? entries : undefined);
    for (const entry of typeof entries === "string" ? [] : entries) {
      deadLetterOf.set(entry, deadLetter);
    }
  }
  const indices = Map.groupBy(deadLetterOf.keys(), ({ index }) => index);
  const { rejected, unfinished } = await deliver(indices, deadLetterOf.size, domain, new Backoff(writeLimit));
  if (unfinished && unfinished.indices.size === indices.size) {
    throw unfinished.error;
  }
  for (const [entry, deadLetter] of deadLetterOf) {
    if (unfinished?.indices.has(entry.index)) {
      reasons.set(deadLetter, `${entry.index}: ${unfinished.error.message}`);
    }
  }
  for (const { entry, reason } of rejected) {
    const deadLetter = deadLetterOf.get(entry);
    if (deadLetter) {
      reasons.set(deadLetter, reason);
    }
  }
  return reasons;
}

/**
 * Deletes the messages without remaining dead letters. A message with some is replaced by one that holds only those.
 * Returns the messages that are no longer in the queue.
 */
async function settle(
  received: readonly Received[],
  reasons: Reasons,
  seen: Set<string>,
  options: Replay,
): Promise<ReadonlySet<Message>> {
  const done: Message[] = [];
  const replacements: string[] = [];
  for (const { message, deadLetters } of received) {
    const rest = deadLetters?.filter((deadLetter) => reasons.get(deadLetter) !== undefined);
    if (rest !== undefined && rest.length < (deadLetters?.length ?? 0)) {
      done.push(message);
      replacements.push(...[...encodeMessages(rest)].map(({ body }) => body));
    } else if (deadLetters?.length === 0) {
      done.push(message);
    }
  }
  await send(replacements, seen, options);
  await remove(done, options);
  return new Set(done);
}

/** Sends messages, each in its own call, because a batch may not be larger than one full message. */
async function send(bodies: readonly string[], seen: Set<string>, { sqs, queueUrl }: Replay): Promise<void> {
  for (const MessageBody of bodies) {
    const { Successful = [], Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: [{ Id: "0", MessageBody }] }),
    );
    if (Failed.length > 0) {
      throw new Error(`a message with the remaining dead letters could not be sent: ${Failed[0]?.Code}`);
    }
    for (const { MessageId = "" } of Successful) {
      seen.add(MessageId);
    }
  }
}

/** A dead letter's documents, or the reason why it has none. */
async function entriesOf(deadLetter: DeadLetter): Promise<readonly BulkEntry[] | string> {
  return "document" in deadLetter ? [entryOf(deadLetter)] : deliveryEntries(deadLetter);
}

async function deliveryEntries({ event, truncated }: UnreadableDelivery): Promise<readonly BulkEntry[] | string> {
  if (truncated) {
    return "unreadable delivery, stored only in part";
  }
  try {
    const batch = await decodePayload(JSON.parse(event));
    return batch ? [...documentsByIndex(batch).values()].flatMap((entries) => [...entries]) : [];
  } catch (error) {
    if (error instanceof PayloadError || error instanceof SyntaxError) {
      return `unreadable delivery: ${error.message}`;
    }
    throw error;
  }
}

async function remove(messages: readonly Message[], { sqs, queueUrl }: Replay): Promise<void> {
  for (const part of inCalls(messages)) {
    const Entries = part.map(({ ReceiptHandle }, position) => ({ Id: String(position), ReceiptHandle }));
    const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    if (Failed.length > 0) {
      throw new Error(`${Failed.length} accepted messages could not be deleted: ${Failed[0]?.Code}`);
    }
  }
}

async function release(messages: readonly Message[], { sqs, queueUrl }: Replay): Promise<void> {
  for (const part of inCalls(messages)) {
    const Entries = part.map(({ ReceiptHandle }, position) => ({
      Id: String(position),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

function* inCalls(messages: readonly Message[]): Generator<readonly Message[]> {
  for (let start = 0; start < messages.length; start += MESSAGES_PER_CALL) {
    yield messages.slice(start, start + MESSAGES_PER_CALL);
  }
}
