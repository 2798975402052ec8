import * as z from "zod/mini";

/** A document on its way to the domain. */
export interface BulkEntry {
  readonly index: string;
  readonly id: string;
  /** The document as JSON on one line. */
  readonly source: string;
}

/** A document that the domain will never take as it is. */
export interface Rejection {
  readonly entry: BulkEntry;
  /** What the domain said. */
  readonly reason: string;
}

/** What became of the documents of one request. */
export interface BulkResults {
  readonly created: number;
  /** Documents that an earlier delivery had written. */
  readonly existing: number;
  readonly rejected: readonly Rejection[];
  /** Documents that the domain may take later. */
  readonly retriable: readonly BulkEntry[];
  /** Why the first retriable document has to wait. */
  readonly trouble?: string;
}

/**
 * Bytes of one request before compression. The smallest domains take requests up to 10 MiB; less than half of that
 * leaves their heap room for several shippers at once.
 */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

const MAX_REQUEST_DOCUMENTS = 2_000;

/** What the action line adds to a document, its id aside. */
const ACTION_BYTES = Buffer.byteLength(actionLine({ index: "cwl-2026.01.31", id: "" })) + 2;

/** Cuts documents, in order, into requests within both limits. A single document above the limit is a request of its own. */
export function* cut(entries: readonly BulkEntry[]): Generator<readonly BulkEntry[]> {
  let start = 0;
  let bytes = 0;
  for (const [position, entry] of entries.entries()) {
    const size = Buffer.byteLength(entry.source) + Buffer.byteLength(entry.id) + ACTION_BYTES;
    if (position > start && (bytes + size > MAX_REQUEST_BYTES || position - start === MAX_REQUEST_DOCUMENTS)) {
      yield entries.slice(start, position);
      start = position;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < entries.length) {
    yield entries.slice(start);
  }
}

/**
 * The body of a bulk request. `create` and not `index`: a redelivered document answers 409 and is left alone, whereas
 * `index` would write it again as a new version and leave the old one behind as garbage to merge.
 */
export function bulkBody(entries: readonly BulkEntry[]): string {
  return entries.map((entry) => `${actionLine(entry)}\n${entry.source}\n`).join("");
}

function actionLine({ index, id }: { readonly index: string; readonly id: string }): string {
  return JSON.stringify({ create: { _index: index, _id: id } });
}

/** The parts of a bulk response that are read; asking for no others keeps the response small. */
export const RESPONSE_FILTER = "items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason";

const bulkResponse = z.object({
  items: z.array(
    z.object({
      create: z.object({
        status: z.int(),
        error: z.optional(
          z.object({
            type: z.string(),
            reason: z.optional(z.nullable(z.string())),
            caused_by: z.optional(z.object({ reason: z.optional(z.nullable(z.string())) })),
          }),
        ),
      }),
    }),
  ),
});

type ItemError = z.infer<typeof bulkResponse>["items"][number]["create"]["error"];

/**
 * Reads the result of every document. A response that cannot be read says nothing about the documents, so all of
 * them are retriable: their ids keep what was written from being written twice.
 */
export function readResults(entries: readonly BulkEntry[], responseBody: string): BulkResults {
  const items = itemsOf(responseBody);
  if (items?.length !== entries.length) {
    return { created: 0, existing: 0, rejected: [], retriable: entries, trouble: "an unreadable bulk response" };
  }
  const rejected: Rejection[] = [];
  const retriable: BulkEntry[] = [];
  let created = 0;
  let existing = 0;
  let trouble: string | undefined;
  for (const [position, entry] of entries.entries()) {
    const { status, error } = items[position] as { status: number; error?: ItemError };
    if (status < 300) {
      created += 1;
    } else if (status === 409) {
      existing += 1;
    } else if (isRetriable(status, error?.type)) {
      retriable.push(entry);
      trouble ??= reasonOf(status, error);
    } else {
      rejected.push({ entry, reason: reasonOf(status, error) });
    }
  }
  return { created, existing, rejected, retriable, ...(trouble !== undefined && { trouble }) };
}

/**
 * 429 and 5xx are the domain's trouble. So is a block, although it answers 403: the service blocks writing when disk
 * or heap run short and lifts the block by itself.
 */
export function isRetriable(status: number, errorType?: string): boolean {
  return status === 429 || status >= 500 || errorType?.endsWith("_block_exception") === true;
}

function itemsOf(responseBody: string) {
  try {
    return bulkResponse.safeParse(JSON.parse(responseBody)).data?.items.map((item) => item.create);
  } catch {
    return undefined;
  }
}

function reasonOf(status: number, error: ItemError): string {
  const parts = [error?.type, error?.reason, error?.caused_by?.reason].filter(Boolean);
  return `${status} ${parts.join(": ") || "without a reason"}`;
}
