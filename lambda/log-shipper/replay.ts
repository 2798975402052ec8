import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { Command, InvalidArgumentError } from "commander";
import { Backoff } from "./backoff.ts";
import type { BulkEntry } from "./bulk.ts";
import { decodeLetter, type EventLetter, entryOf } from "./dead-letters.ts";
import { deliver } from "./delivery.ts";
import { documentsOf } from "./document.ts";
import { Domain } from "./domain.ts";
import { decodePayload, PayloadError } from "./payload.ts";
import { isDomainUrl } from "./settings.ts";

/** Letters that are read before their documents are written. */
const LETTERS_AT_ONCE = 500;

/** Letters that SQS hands out or takes back in one call. */
const LETTERS_PER_CALL = 10;

/** Seconds that a letter stays hidden from other readers while it is dealt with. */
const HIDDEN = 300;

/** Milliseconds that one set of letters may take to be written, well within the time they are hidden. */
const WRITE_LIMIT = 120_000;

export interface Replay {
  readonly queueUrl: string;
  readonly sqs: SQSClient;
  readonly domain: Domain;
  /** Only looks: writes nothing and deletes nothing. */
  readonly dryRun: boolean;
  /** Told how far it is after each set of letters. */
  readonly progress?: (result: ReplayResult) => void;
}

export interface ReplayResult {
  readonly read: number;
  /** Letters whose documents the domain has now, and which are gone from the queue. In a dry run, those that could be tried. */
  readonly accepted: number;
  /** Reasons why letters stay in the queue, and of how many. */
  readonly remaining: ReadonlyMap<string, number>;
}

/**
 * Writes what the dead-letter queue holds to the domain and deletes the letters that it accepts. Every letter is tried
 * once; the others are left in the queue, visible again. Throws when the domain or the queue cannot be reached:
 * starting anew is safe, since documents keep their ids.
 */
export async function replay(options: Replay): Promise<ReplayResult> {
  const { dryRun, progress } = options;
  const seen = new Set<string>();
  const remaining = new Map<string, number>();
  const left: Message[] = [];
  let accepted = 0;
  try {
    for (let letters = await receive(options, seen); letters.length > 0; letters = await receive(options, seen)) {
      left.push(...letters);
      const reasons = dryRun
        ? new Map(letters.map((letter) => [letter, readable(letter)]))
        : await write(letters, options);
      const done = letters.filter((letter) => reasons.get(letter) === undefined);
      if (!dryRun) {
        await remove(done, options);
        left.splice(-letters.length, letters.length, ...letters.filter((letter) => reasons.get(letter) !== undefined));
      }
      accepted += done.length;
      for (const reason of reasons.values()) {
        if (reason !== undefined) {
          remaining.set(reason, (remaining.get(reason) ?? 0) + 1);
        }
      }
      progress?.({ read: seen.size, accepted, remaining });
    }
  } finally {
    await release(left, options);
  }
  return { read: seen.size, accepted, remaining };
}

/** The next letters that have not been read before; none when the queue has no more. */
async function receive({ sqs, queueUrl }: Replay, seen: Set<string>): Promise<Message[]> {
  const letters: Message[] = [];
  while (letters.length < LETTERS_AT_ONCE) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: LETTERS_PER_CALL,
        VisibilityTimeout: HIDDEN,
        // Asks every server of the queue, so that "none" means none.
        WaitTimeSeconds: 1,
      }),
    );
    const fresh = Messages.filter(({ MessageId = "" }) => !seen.has(MessageId));
    if (fresh.length === 0) {
      break;
    }
    for (const { MessageId = "" } of fresh) {
      seen.add(MessageId);
    }
    letters.push(...fresh);
  }
  return letters;
}

/** Why each letter was not accepted, or nothing for one that was. */
async function write(letters: readonly Message[], { domain }: Replay): Promise<Map<Message, string | undefined>> {
  const reasons = new Map<Message, string | undefined>();
  const letterOf = new Map<BulkEntry, Message>();
  for (const letter of letters) {
    const entries = entriesOf(letter);
    reasons.set(letter, typeof entries === "string" ? entries : undefined);
    for (const entry of typeof entries === "string" ? [] : entries) {
      letterOf.set(entry, letter);
    }
  }
  const { rejected } = await deliver([...letterOf.keys()], domain, new Backoff(WRITE_LIMIT));
  for (const { entry, reason } of rejected) {
    const letter = letterOf.get(entry);
    if (letter) {
      reasons.set(letter, reason);
    }
  }
  return reasons;
}

/** Why a letter cannot be tried, or nothing when it can. */
function readable(letter: Message): string | undefined {
  const entries = entriesOf(letter);
  return typeof entries === "string" ? entries : undefined;
}

/** A letter's documents, or why it has none. */
function entriesOf({ Body = "" }: Message): readonly BulkEntry[] | string {
  const letter = decodeLetter(Body);
  if (letter === undefined) {
    return "not a dead letter of the log shipper";
  }
  return "document" in letter ? [entryOf(letter)] : eventEntries(letter);
}

function eventEntries({ event, truncated }: EventLetter): readonly BulkEntry[] | string {
  if (truncated) {
    return "unreadable delivery, of which only a part was kept";
  }
  try {
    const batch = decodePayload(JSON.parse(event));
    return batch ? documentsOf(batch) : [];
  } catch (error) {
    if (error instanceof PayloadError || error instanceof SyntaxError) {
      return `unreadable delivery: ${error.message}`;
    }
    throw error;
  }
}

async function remove(letters: readonly Message[], { sqs, queueUrl }: Replay): Promise<void> {
  for (const part of inCalls(letters)) {
    const Entries = part.map(({ ReceiptHandle }, position) => ({ Id: String(position), ReceiptHandle }));
    const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    if (Failed.length > 0) {
      throw new Error(`${Failed.length} accepted letters could not be deleted: ${Failed[0]?.Code}`);
    }
  }
}

async function release(letters: readonly Message[], { sqs, queueUrl }: Replay): Promise<void> {
  for (const part of inCalls(letters)) {
    const Entries = part.map(({ ReceiptHandle }, position) => ({
      Id: String(position),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

function* inCalls(letters: readonly Message[]): Generator<readonly Message[]> {
  for (let start = 0; start < letters.length; start += LETTERS_PER_CALL) {
    yield letters.slice(start, start + LETTERS_PER_CALL);
  }
}

async function main(args: readonly string[]): Promise<void> {
  const command = new Command("logs:replay")
    .description("Writes dead letters of the log shipper to the search domain again, after a mapping was put right.")
    .requiredOption("--queue <url>", "dead-letter queue", url)
    .requiredOption("--endpoint <url>", "search domain", domainUrl)
    .option("--region <name>", "their region", process.env.AWS_REGION)
    .option("--dry-run", "only count what the queue holds", false)
    .parse([...args]);
  const { queue, endpoint, region, dryRun } = command.opts();
  if (!region) {
    command.error("error: no region: give --region or set AWS_REGION");
  }
  const sqs = new SQSClient({ region, endpoint: new URL(queue).origin });
  const domain = new Domain({ endpoint, region, credentials: () => sqs.config.credentials() });
  try {
    const result = await replay({ queueUrl: queue, sqs, domain, dryRun, progress: report });
    report(result);
    console.log(`${dryRun ? "could be tried" : "accepted and deleted"}: ${result.accepted} of ${result.read} letters`);
    for (const [reason, count] of result.remaining) {
      console.log(`left in the queue: ${count} x ${reason}`);
    }
    process.exitCode = result.remaining.size > 0 ? 1 : 0;
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    process.exitCode = 2;
  } finally {
    domain.close();
    sqs.destroy();
  }
}

function report({ read, accepted }: ReplayResult): void {
  process.stderr.write(`${read} letters read, ${accepted} done\n`);
}

function url(text: string): string {
  if (!URL.canParse(text)) {
    throw new InvalidArgumentError("expected the URL of an SQS queue.");
  }
  return text;
}

function domainUrl(text: string): URL {
  if (!isDomainUrl(text)) {
    throw new InvalidArgumentError(
      "expected an address such as https://search-mysfits-abc.us-west-2.es.amazonaws.com.",
    );
  }
  return new URL(text);
}

if (import.meta.main) {
  await main(process.argv);
}
