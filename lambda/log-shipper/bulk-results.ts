import type { BulkEntry } from "./bulk.ts";

/** A document that the domain will never accept as it is. */
export interface Rejection {
  readonly entry: BulkEntry;
  /** The domain's error. */
  readonly reason: string;
}

/** Results of the documents in one request. */
export interface BulkResults {
  readonly created: number;
  /** Documents that an earlier delivery has already written. */
  readonly existing: number;
  readonly rejected: readonly Rejection[];
  /** Documents that the domain may accept later. */
  readonly retriable: readonly BulkEntry[];
  /** The first retriable document's error. */
  readonly problem?: string;
}

/**
 * The parts of a bulk response that are read. Leaving out the others keeps the response small. `caused_by` is left out
 * because Elasticsearch 7.10 quotes other documents of the request in it.
 */
export const RESPONSE_FILTER = "items.*.status,items.*.error.type,items.*.error.reason";

interface Item {
  readonly status: number;
  readonly error?: ItemError;
}

interface ItemError {
  readonly type: string;
  readonly reason?: string | null;
}

/**
 * Reads the result of every document. An unreadable response says nothing about the documents, so all of them are
 * retriable: their ids prevent a second write of any that were written.
 */
export function readResults(entries: readonly BulkEntry[], responseBody: string): BulkResults {
  const items = itemsOf(responseBody);
  if (items?.length !== entries.length) {
    return { created: 0, existing: 0, rejected: [], retriable: entries, problem: "an unreadable bulk response" };
  }
  const rejected: Rejection[] = [];
  const retriable: BulkEntry[] = [];
  let created = 0;
  let existing = 0;
  let problem: string | undefined;
  for (const [position, entry] of entries.entries()) {
    const { status, error } = items[position] as Item;
    if (status < 300) {
      created += 1;
    } else if (status === 409) {
      existing += 1;
    } else if (isOfDocument(status, error)) {
      rejected.push({ entry, reason: reasonOf(status, error) });
    } else {
      retriable.push(entry);
      problem ??= reasonOf(status, error);
    }
  }
  return { created, existing, rejected, retriable, ...(problem !== undefined && { problem }) };
}

/**
 * True for temporary problems of a whole request: 429, 5xx, and write blocks. A block is a 403, but OpenSearch Service
 * sets it when disk or heap run low and removes it afterwards.
 */
export function isRetriable(status: number, errorType?: string): boolean {
  return status === 429 || status >= 500 || errorType?.endsWith("_block_exception") === true;
}

/** The type of an error of the whole request, or undefined when the body does not name one. */
export function errorTypeOf(body: string): string | undefined {
  try {
    return JSON.parse(body)?.error?.type;
  } catch {
    return undefined;
  }
}

/**
 * Errors with status 400 that come from the state of the domain: a closed index, an index that another shipper is just
 * creating, and the shard limit ("maximum shards open"; OpenSearch 3 says "maximum LOCAL_ONLY shards open").
 */
const DOMAIN_ERRORS = new Set(["index_closed_exception", "resource_already_exists_exception"]);
const SHARD_LIMIT = /maximum (\S+ )?shards open/;

/**
 * True if a document is rejected for its own content, so that a retry would not help. Everything else, such as a missing
 * permission (403) or an index that may not be created (404), is a condition of the domain that would reject every document.
 */
function isOfDocument(status: number, error: ItemError | undefined): boolean {
  const isOfDomain =
    DOMAIN_ERRORS.has(error?.type ?? "") ||
    error?.type.endsWith("_block_exception") ||
    (error?.type === "validation_exception" && SHARD_LIMIT.test(error.reason ?? ""));
  return (status === 400 || status === 413) && !isOfDomain;
}

/** The items of a response, or undefined if it has any other form. By hand, because every line has an item. */
function itemsOf(responseBody: string): readonly Item[] | undefined {
  try {
    const items = JSON.parse(responseBody).items.map(({ create }: { create: Item }) => create);
    return items.every(isItem) ? items : undefined;
  } catch {
    return undefined;
  }
}

function isItem({ status, error }: Item): boolean {
  return (
    Number.isInteger(status) &&
    (error === undefined || (typeof error.type === "string" && typeof (error.reason ?? "") === "string"))
  );
}

function reasonOf(status: number, error: ItemError | undefined): string {
  const parts = [error?.type, error?.reason].filter(Boolean);
  return `${status} ${parts.join(": ") || "without a reason"}`;
}
