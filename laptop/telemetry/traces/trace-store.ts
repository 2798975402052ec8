import { EventEmitter } from "node:events";
import Denque from "denque";
import { ByteRing } from "../storage/byte-ring.ts";
import { assembleTrace, isComplete, type Segment, segmentDocument, summaryOf, type Trace } from "./trace.ts";

/** Limits of the store. */
export interface Bounds {
  readonly traces: number;
  /** Total size of the documents, as they arrived. */
  readonly bytes: number;
}

interface TraceStoreEvents {
  /** A document has arrived. One in progress arrives again when it is complete; a repeated complete one is not reported. */
  document: [document: Segment];
}

/** Bytes of one trace. Source: "AWS X-Ray endpoints and quotas", trace document size. */
const LARGEST_TRACE = 500 * 1024;

const BOUNDS: Bounds = { traces: 100_000, bytes: 24 * 1024 ** 2 };

/** Location of a document, and the revision of the store with which it arrived. */
interface StoredDocument {
  readonly position: number;
  readonly length: number;
  readonly revision: number;
}

/** Location of one trace's documents. */
interface Entry {
  readonly documents: StoredDocument[];
  readonly summaries: Segment[];
  /** The trace of the summaries, once it has been used. */
  summary: Trace | undefined;
  bytes: number;
}

/** The newest traces, in a fixed number of bytes. Old traces are dropped as a whole. */
export class TraceStore extends EventEmitter<TraceStoreEvents> {
  readonly #most: number;
  readonly #documents: ByteRing;
  readonly #traces = new Map<string, Entry>();
  /** Trace IDs, ordered by the arrival of their first document. */
  readonly #order = new Denque<string>();
  #revision = 0;
  #bytes = 0;

  constructor({ traces, bytes } = BOUNDS) {
    super();
    this.#most = traces;
    this.#documents = new ByteRing(bytes);
  }

  /** Number of traces. */
  get size(): number {
    return this.#traces.size;
  }

  /** Bytes of all documents in the store. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Number of documents that have ever arrived. */
  get revision(): number {
    return this.#revision;
  }

  /** Stores a segment document. Throws for an invalid one, and for one that makes its trace too large. */
  add(text: string): void {
    const document = segmentDocument.parse(JSON.parse(text));
    const { trace_id } = document;
    const known = this.#traces.get(trace_id);
    if ((known?.bytes ?? 0) + Buffer.byteLength(text) > LARGEST_TRACE) {
      throw new RangeError(`trace ${trace_id} is too large: expected ${LARGEST_TRACE} bytes at most`);
    }
    const place = this.#documents.push(text);
    const entry = known ?? this.#begin(trace_id);
    const isRepeated = entry.summaries.some(
      (before) => before.id === document.id && before.type === document.type && isComplete(before),
    );
    this.#revision += 1;
    entry.documents.push({ ...place, revision: this.#revision });
    entry.summaries.push(summaryOf(document));
    entry.summary = undefined;
    entry.bytes += place.length;
    this.#bytes += place.length;
    while (this.size > this.#most || this.#oldestIsOverwritten()) {
      this.#dropOldest();
    }
    if (!isRepeated) {
      this.emit("document", document);
    }
  }

  get(id: string): Trace | undefined {
    const entry = this.#traces.get(id);
    return entry && this.#assemble(id, entry);
  }

  /** Returns a trace with only the fields that filters and the list of traces read, without parsing its documents again. */
  summary(id: string): Trace | undefined {
    const entry = this.#traces.get(id);
    if (entry) {
      entry.summary ??= assembleTrace(id, entry.summaries);
    }
    return entry?.summary;
  }

  /** Returns a trace as `summary` did at an earlier revision; undefined if none of its documents had arrived. */
  summaryAt(id: string, revision: number): Trace | undefined {
    const entry = this.#traces.get(id);
    const later = entry?.documents.findIndex((document) => document.revision > revision);
    if (later === -1) {
      return this.summary(id);
    }
    return entry && later !== 0 ? assembleTrace(id, entry.summaries.slice(0, later)) : undefined;
  }

  /** Yields all traces, newest first. Each is parsed only when it is reached. */
  *newest(): Generator<Trace> {
    for (const id of this.#newestIds()) {
      const trace = this.get(id);
      if (trace) {
        yield trace;
      }
    }
  }

  /** Lists the IDs of traces with documents newer than a revision, newest trace first. */
  changedSince(revision: number): readonly string[] {
    return this.#newestIds().filter((id) => (this.#traces.get(id)?.documents.at(-1)?.revision ?? 0) > revision);
  }

  #newestIds(): readonly string[] {
    return this.#order.toArray().reverse();
  }

  #begin(id: string): Entry {
    const entry: Entry = { documents: [], summaries: [], summary: undefined, bytes: 0 };
    this.#traces.set(id, entry);
    this.#order.push(id);
    return entry;
  }

  #oldestIsOverwritten(): boolean {
    const [first] = this.#traces.get(this.#order.peekFront() ?? "")?.documents ?? [];
    return first !== undefined && first.position < this.#documents.oldest;
  }

  #dropOldest(): void {
    const id = this.#order.shift() ?? "";
    this.#bytes -= this.#traces.get(id)?.bytes ?? 0;
    this.#traces.delete(id);
  }

  #assemble(id: string, { documents }: Entry): Trace {
    return assembleTrace(
      id,
      documents.map(({ position, length }) => JSON.parse(this.#documents.read(position, length)) as Segment),
    );
  }
}
