/** A document to write to the domain. */
export interface BulkEntry {
  readonly index: string;
  readonly id: string;
  /** The document as JSON on one line. Built at each access, so that no more than one request is in memory. */
  readonly source: string;
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
