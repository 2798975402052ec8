import { gunzipSync } from "node:zlib";
import * as z from "zod/mini";

/**
 * Bytes that one payload may unfold to. CloudWatch Logs cuts batches at about 1 MiB, so this is generous, and it
 * keeps a payload that unfolds without end from taking the function's memory.
 */
const MAX_UNZIPPED = 64 * 1024 * 1024;

/** The last millisecond of the year 9999: later times do not fit an index named by a four-digit year. */
const LAST_MILLISECOND = 253_402_300_799_999;

/** A search domain takes document ids up to this many bytes, and refuses the whole request for a longer one. */
const MAX_ID_BYTES = 512;

const subscription = z.object({ awslogs: z.object({ data: z.string() }) });

const logEvent = z.object({
  id: z.string().check(
    z.minLength(1),
    z.refine((id) => Buffer.byteLength(id) <= MAX_ID_BYTES),
  ),
  timestamp: z.int().check(z.gte(0), z.lte(LAST_MILLISECOND)),
  message: z.string(),
});

const delivery = z.discriminatedUnion("messageType", [
  z.object({ messageType: z.literal("CONTROL_MESSAGE") }),
  z.object({
    messageType: z.literal("DATA_MESSAGE"),
    owner: z.string(),
    logGroup: z.string(),
    logStream: z.string(),
    logEvents: z.array(logEvent),
  }),
]);

/** One line as CloudWatch Logs keeps it. The id stays the same however often the line is delivered. */
export type LogEvent = z.infer<typeof logEvent>;

/** The lines of one log stream that a subscription delivers at once. */
export interface LogBatch {
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly logEvents: readonly LogEvent[];
}

/** Thrown for an event that is no readable delivery of CloudWatch Logs; another delivery of it would be no better. */
export class PayloadError extends Error {
  override readonly name = "PayloadError";
}

/**
 * Unfolds what a subscription filter delivers: JSON in gzip in base64.
 * A control message, by which CloudWatch Logs tries whether the function can be reached, has no lines.
 */
export function decodePayload(event: unknown): LogBatch | undefined {
  const envelope = subscription.safeParse(event);
  if (!envelope.success) {
    throw new PayloadError("not a delivery of CloudWatch Logs: awslogs.data is missing or is not text");
  }
  const decoded = delivery.safeParse(parse(unzip(envelope.data.awslogs.data)));
  if (!decoded.success) {
    const [issue] = decoded.error.issues;
    throw new PayloadError(
      `not a message of CloudWatch Logs: ${issue?.path.join(".") || "message"}: ${issue?.message}`,
    );
  }
  return decoded.data.messageType === "DATA_MESSAGE" ? decoded.data : undefined;
}

function unzip(data: string): string {
  try {
    return gunzipSync(Buffer.from(data, "base64"), { maxOutputLength: MAX_UNZIPPED }).toString("utf8");
  } catch (error) {
    throw new PayloadError(`not readable as gzip: ${(error as Error).message}`);
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new PayloadError(`not JSON: ${(error as Error).message}`);
  }
}
