/** A document to write to the domain. */
export interface BulkEntry {
  readonly index: string;
  readonly id: string;
  /** The document as JSON on one line. Built at each access, so that no more than one request is in memory. */
  readonly source: string;
}

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
 * Bytes of one request before compression. The smallest domains accept requests up to 10 MiB; staying below half of
 * that leaves heap for several concurrent shippers.
 */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

const MAX_REQUEST_DOCUMENTS = 2_000;

/** Bytes that the action line adds to a document, not counting its id. */
const ACTION_BYTES = Buffer.byteLength(actionLine({ index: "cwl-2026.01.31", id: "" })) + 2;

/** Documents of one request, and its body. */
export interface Batch {
  readonly entries: readonly BulkEntry[];
  readonly body: string;
}

/** Hands out documents, in order, in batches within both limits. A document above the byte limit gets its own batch. */
export class Batches {
  readonly #entries: Iterator<BulkEntry>;
  /** Documents to hand out before the remaining entries. */
  #returned: BulkEntry[] = [];
  /** The document that did not fit into the last batch, with its text. It is next. */
  #pending: { readonly entry: BulkEntry; readonly source: string } | undefined;

  constructor(entries: Iterable<BulkEntry>) {
    this.#entries = entries[Symbol.iterator]();
  }

  /** The next batch, or undefined when there are no more documents. */
  next(): Batch | undefined {
    const entries: BulkEntry[] = [];
    const lines: string[] = [];
    let bytes = 0;
    while (entries.length < MAX_REQUEST_DOCUMENTS) {
      const item = this.#read();
      if (!item) {
        break;
      }
      const { entry, source } = item;
      bytes += Buffer.byteLength(source) + Buffer.byteLength(entry.id) + ACTION_BYTES;
      if (entries.length > 0 && bytes > MAX_REQUEST_BYTES) {
        this.#pending = item;
        break;
      }
      entries.push(entry);
      lines.push(bulkLines(entry, source));
    }
    return entries.length > 0 ? { entries, body: lines.join("") } : undefined;
  }

  /** Takes documents back, to be handed out first. */
  putBack(entries: readonly BulkEntry[]): void {
    const pending = this.#pending ? [this.#pending.entry] : [];
    this.#returned = [...entries, ...pending, ...this.#returned];
    this.#pending = undefined;
  }

  #read(): { readonly entry: BulkEntry; readonly source: string } | undefined {
    const pending = this.#pending;
    if (pending) {
      this.#pending = undefined;
      return pending;
    }
    const entry = this.#returned.shift() ?? this.#entries.next().value;
    return entry && { entry, source: entry.source };
  }
}

/** The body of a bulk request. */
export function bulkBody(entries: readonly BulkEntry[]): string {
  return entries.map((entry) => bulkLines(entry, entry.source)).join("");
}

/**
 * A document's lines in a bulk request. They use `create` rather than `index`: a redelivered document gets a 409 and stays
 * as it is, whereas `index` would write a new version and leave the old one as garbage to merge.
 */
function bulkLines(entry: BulkEntry, source: string): string {
  return `${actionLine(entry)}\n${source}\n`;
}

function actionLine({ index, id }: { readonly index: string; readonly id: string }): string {
  return `{"create":{"_index":${JSON.stringify(index)},"_id":${JSON.stringify(id)}}}`;
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
