import { createGunzip, deflateRawSync, inflateRawSync } from "node:zlib";
import * as z from "zod/mini";
import { ArraySplitter, type BlockSize, SizeError } from "./split.ts";

/**
 * Bytes of decompressed JSON that are in memory at a time. An event of CloudWatch Logs has up to 1,048,576 bytes, and
 * escapes take up to six times as many.
 */
const BLOCK_SIZE: BlockSize = { target: 2 * 1024 * 1024, most: 10 * 1024 * 1024 };

/** Bytes that are decompressed at once. */
const CHUNK = 256 * 1024;

/** Maximum lines of a delivery. More cannot fit into 6 MB, because each has its own id; the limit stops a decompression bomb. */
const MAX_LINES = 1_000_000;

/** The last millisecond of the year 9999. Index names have a four-digit year. */
const LAST_MILLISECOND = 253_402_300_799_999;

/** Limit of a document id, in bytes. A longer one makes the domain reject the whole request. */
const MAX_ID_BYTES = 512;

const subscription = z.object({ awslogs: z.object({ data: z.string() }) });

const delivery = z.discriminatedUnion("messageType", [
  z.object({ messageType: z.literal("CONTROL_MESSAGE") }),
  z.object({
    messageType: z.literal("DATA_MESSAGE"),
    owner: z.string(),
    logGroup: z.string(),
    logStream: z.string(),
    // Empty, because the split removes the lines. Only a second `logEvents` list would still have any.
    logEvents: z.array(z.never()),
  }),
]);

/** One line as CloudWatch Logs stores it. Its id is the same in every delivery. */
export interface LogEvent {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  /** Decompressed at access when it belongs to a delivery of several blocks. */
  readonly message: string;
}

/** Lines of one log stream, delivered together by a subscription. */
export interface LogBatch {
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly logEvents: readonly LogEvent[];
}

/** Thrown for an event that is not a readable delivery of CloudWatch Logs. Delivering it again would not help. */
export class PayloadError extends Error {
  override readonly name = "PayloadError";
}

/**
 * Decodes a delivery of a subscription filter: JSON in gzip in base64. Returns undefined for a control message, with
 * which CloudWatch Logs checks that the function can be reached. All lines are checked, but at most one block of them is
 * in memory. Lambda limits only the compressed size of a delivery, to 6 MB, so repetitive lines may decompress to any size.
 */
export async function decodePayload(event: unknown): Promise<LogBatch | undefined> {
  const envelope = subscription.safeParse(event);
  if (!envelope.success) {
    throw new PayloadError("not a delivery of CloudWatch Logs: awslogs.data is missing or is not a string");
  }
  const lines = new DeliveredLines();
  const splitter = new ArraySplitter("logEvents", BLOCK_SIZE, (json) => lines.add(json));
  for await (const chunk of decompress(envelope.data.awslogs.data)) {
    try {
      splitter.push(chunk);
    } catch (error) {
      throw error instanceof SizeError ? new PayloadError(`not a message of CloudWatch Logs: ${error.message}`) : error;
    }
  }
  const content = checkDelivery(parse(splitter.end()));
  if (content.messageType === "CONTROL_MESSAGE") {
    return undefined;
  }
  const { owner, logGroup, logStream } = content;
  return { owner, logGroup, logStream, logEvents: lines.events };
}

/**
 * The lines of a delivery in blocks, of which only the one that was read last is in memory as text. The others are
 * compressed: as text, the largest deliveries would not fit into the function's memory.
 */
class DeliveredLines {
  readonly #events: DeliveredLine[] = [];
  /** By block number. A single block is never compressed. */
  readonly #compressed: Buffer[] = [];
  #open: { readonly block: number; readonly json: Buffer; readonly messages: readonly string[] } | undefined;
  #problem: PayloadError | undefined;

  /** Adds a block. Blocks after an invalid one are ignored. */
  add(json: Buffer): void {
    if (this.#problem) {
      return;
    }
    try {
      this.#close();
      const block = this.#compressed.length;
      const messages = linesIn(json).map((line, position) => {
        const { id, timestamp, message } = checkLine(line, this.#events.length);
        this.#events.push(new DeliveredLine(id, timestamp, this, block, position));
        return message;
      });
      if (messages.length === 0 && block > 0) {
        throw new PayloadError("not valid JSON: a comma after the last line");
      }
      if (this.#events.length > MAX_LINES) {
        throw new PayloadError(`not a message of CloudWatch Logs: more than ${MAX_LINES} lines`);
      }
      this.#open = { block, json, messages };
    } catch (error) {
      this.#problem = error as PayloadError;
    }
  }

  /** All lines. Throws a PayloadError if one is invalid. */
  get events(): readonly LogEvent[] {
    if (this.#problem) {
      throw this.#problem;
    }
    return this.#events;
  }

  message(block: number, position: number): string {
    if (this.#open?.block !== block) {
      this.#close();
      const json = inflateRawSync(this.#compressed[block] as Buffer);
      this.#open = { block, json, messages: (linesIn(json) as LogEvent[]).map(({ message }) => message) };
    }
    return this.#open.messages[position] as string;
  }

  #close(): void {
    if (this.#open) {
      const { block, json } = this.#open;
      this.#compressed[block] ??= deflateRawSync(json, { level: 1 });
      this.#open = undefined;
    }
  }
}

/** A line in a block of its delivery. */
class DeliveredLine implements LogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly #lines: DeliveredLines;
  readonly #block: number;
  readonly #position: number;

  constructor(id: string, timestamp: number, lines: DeliveredLines, block: number, position: number) {
    this.id = id;
    this.timestamp = timestamp;
    this.#lines = lines;
    this.#block = block;
    this.#position = position;
  }

  get message(): string {
    return this.#lines.message(this.#block, this.#position);
  }
}

function linesIn(block: Buffer): readonly unknown[] {
  return parse(`[${block.toString("utf8")}]`) as unknown[];
}

/** Throws a PayloadError that names the first wrong field. By hand, because every line passes here. */
function checkLine(line: unknown, number: number): Pick<LogEvent, "id" | "timestamp" | "message"> {
  const { id, timestamp, message } = (line ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== "string" || id === "" || Buffer.byteLength(id) > MAX_ID_BYTES) {
    throw wrongField(number, "id", `a string of 1 to ${MAX_ID_BYTES} bytes`);
  }
  if (!isWholeNumber(timestamp) || timestamp < 0 || timestamp > LAST_MILLISECOND) {
    throw wrongField(number, "timestamp", "milliseconds since 1970, before the year 10000");
  }
  if (typeof message !== "string") {
    throw wrongField(number, "message", "a string");
  }
  return { id, timestamp, message };
}

function isWholeNumber(value: unknown): value is number {
  return Number.isInteger(value);
}

function wrongField(line: number, field: string, expected: string): PayloadError {
  return new PayloadError(`not a message of CloudWatch Logs: logEvents.${line}.${field}: expected ${expected}`);
}

/** Throws a PayloadError that names the first wrong field. */
function checkDelivery(value: unknown): z.infer<typeof delivery> {
  const result = z.safeParse(delivery, value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new PayloadError(
      `not a message of CloudWatch Logs: ${issue?.path.join(".") || "message"}: ${issue?.message}`,
    );
  }
  return result.data;
}

async function* decompress(data: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK });
  gunzip.end(Buffer.from(data, "base64"));
  try {
    yield* gunzip;
  } catch (error) {
    throw new PayloadError(`not valid gzip: ${(error as Error).message}`);
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new PayloadError(`not valid JSON: ${(error as Error).message}`);
  }
}
