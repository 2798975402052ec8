import { EventEmitter } from "node:events";
import { ByteRing } from "../byte-ring.ts";
import { Fifo } from "../fifo.ts";
import { type Segment, segmentDocument, type Trace, traceOf } from "./trace.ts";

/** How much is kept. */
export interface Bounds {
  readonly traces: number;
  /** Of the documents as they came. */
  readonly bytes: number;
}

interface TraceStoreEvents {
  /** A document has come; it may be in progress still, and come again. */
  document: [document: Segment];
}

/** Bytes of one trace; X-Ray's own limit. */
const LARGEST_TRACE = 500 * 1024;

const BOUNDS: Bounds = { traces: 100_000, bytes: 24 * 1024 ** 2 };

/** Where the documents of one trace are. */
interface Entry {
  readonly documents: { readonly position: number; readonly length: number }[];
  bytes: number;
  /** Documents of all traces had come when this one's last did. */
  revision: number;
}

/** The newest traces, in a fixed number of bytes. A trace that goes, goes whole. */
export class TraceStore extends EventEmitter<TraceStoreEvents> {
  readonly #most: number;
  readonly #documents: ByteRing;
  readonly #traces = new Map<string, Entry>();
  /** Ids, in the order in which the traces began to come in. */
  readonly #order = new Fifo<string>();
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

  /** Bytes of all documents of the traces that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many documents have ever come. */
  get revision(): number {
    return this.#revision;
  }

  /** Takes a segment document. Throws when it is none, or its trace is as large as a trace may be. */
  add(text: string): void {
    const read = segmentDocument.parse(JSON.parse(text));
    const { trace_id } = read;
    const known = this.#traces.get(trace_id);
    if ((known?.bytes ?? 0) + Buffer.byteLength(text) > LARGEST_TRACE) {
      throw new RangeError(`trace ${trace_id} is too large: expected ${LARGEST_TRACE} bytes at most`);
    }
    const place = this.#documents.push(text);
    const entry = known ?? this.#begin(trace_id);
    entry.documents.push(place);
    entry.bytes += place.length;
    this.#bytes += place.length;
    entry.revision = ++this.#revision;
    while (this.size > this.#most || this.#oldestIsOverwritten()) {
      this.#dropOldest();
    }
    this.emit("document", read);
  }

  get(id: string): Trace | undefined {
    const entry = this.#traces.get(id);
    return entry && this.#assemble(id, entry);
  }

  /** All traces, the newest first. Each is read when it is its turn, so whoever has enough may stop. */
  *newest(): Generator<Trace> {
    for (const id of this.#order.newest()) {
      const trace = this.get(id);
      if (trace) {
        yield trace;
      }
    }
  }

  /** Ids of the traces of which something came after a revision, the newest first. */
  changedSince(revision: number): readonly string[] {
    return this.#order.newest().filter((id) => (this.#traces.get(id)?.revision ?? 0) > revision);
  }

  #begin(id: string): Entry {
    const entry = { documents: [], bytes: 0, revision: 0 };
    this.#traces.set(id, entry);
    this.#order.push(id);
    return entry;
  }

  #oldestIsOverwritten(): boolean {
    const [first] = this.#traces.get(this.#order.oldest ?? "")?.documents ?? [];
    return first !== undefined && first.position < this.#documents.oldest;
  }

  #dropOldest(): void {
    const id = this.#order.shift() ?? "";
    this.#bytes -= this.#traces.get(id)?.bytes ?? 0;
    this.#traces.delete(id);
  }

  #assemble(id: string, { documents }: Entry): Trace {
    return traceOf(
      id,
      documents.map(({ position, length }) => JSON.parse(this.#documents.read(position, length)) as Segment),
    );
  }
}
