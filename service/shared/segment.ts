import { randomDigits } from "./trace-header.ts";

// Documents of a trace. Source: "AWS X-Ray segment documents" in the X-Ray Developer Guide. The SDK's own classes take several
// times the CPU time, because they copy and serialize each document twice and get random bytes for one ID at a time.

/** Kind of a called service. */
export type Namespace = "aws" | "remote";

/** Subsegments in a segment's document. Further ones are sent separately, so that no document exceeds a packet. */
const MAX_KEPT = 10;

/** A call during a request. */
export class Subsegment {
  readonly id = newId();
  readonly name: string;
  readonly namespace: Namespace;
  readonly start_time = now();
  end_time: number | undefined;

  constructor(name: string, namespace: Namespace) {
    this.name = name;
    this.namespace = namespace;
  }
}

/** A request with its calls. */
export class Segment {
  readonly id = newId();
  readonly name: string;
  readonly trace_id: string;
  readonly parent_id: string | undefined;
  readonly start_time = now();
  end_time: number | undefined;
  annotations: Record<string, string | number | boolean> | undefined;
  subsegments: Subsegment[] | undefined;
  readonly #send: (document: object) => void;
  /** Number of open documents: the segment and its subsegments. */
  #open = 1;

  /** @param send Sends a closed document. */
  constructor(name: string, trace: { root: string; parent?: string | undefined }, send: (document: object) => void) {
    this.name = name;
    this.trace_id = trace.root;
    this.parent_id = trace.parent;
    this.#send = send;
  }

  openSubsegment(name: string, namespace: Namespace): Subsegment {
    this.#open += 1;
    return new Subsegment(name, namespace);
  }

  closeSubsegment(subsegment: Subsegment): void {
    subsegment.end_time = now();
    this.subsegments ??= [];
    if (this.subsegments.length < MAX_KEPT) {
      this.subsegments.push(subsegment);
    } else {
      this.#send({ ...subsegment, type: "subsegment", trace_id: this.trace_id, parent_id: this.id });
    }
    this.#closeOne();
  }

  /** Sends the segment as soon as its subsegments are closed, too. A client can close the connection during a call. */
  close(): void {
    this.end_time = now();
    this.#closeOne();
  }

  #closeOne(): void {
    this.#open -= 1;
    if (this.#open === 0) {
      this.#send(this);
    }
  }
}

/** Seconds since 1970. */
function now(): number {
  return Date.now() / 1000;
}

/** An ID of 16 hexadecimal digits. */
function newId(): string {
  return randomDigits().slice(0, 16);
}
