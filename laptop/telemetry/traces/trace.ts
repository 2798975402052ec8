import { z } from "zod";

const id = z.string().regex(/^[0-9a-f]{16}$/i);

/** Epoch seconds. A larger number is in milliseconds. */
const time = z.number().min(0).max(1e11);

/** Name of a service. Subsegments may have any name. */
const SERVICE = /^[\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]{1,200}$/u;

const record = z.looseObject({
  id,
  name: z.string().min(1),
  start_time: time,
  end_time: time.optional(),
  in_progress: z.boolean().optional(),
  fault: z.boolean().optional(),
  error: z.boolean().optional(),
  throttle: z.boolean().optional(),
  namespace: z.string().optional(),
  user: z.string().optional(),
  annotations: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  http: z
    .looseObject({
      request: z.looseObject({ method: z.string().optional(), url: z.string().optional() }).optional(),
      response: z.looseObject({ status: z.number().optional() }).optional(),
    })
    .optional(),
});

/** A unit of work within a segment. A `namespace` of `remote` or `aws` marks a call to another service. */
export interface Subsegment extends z.infer<typeof record> {
  subsegments?: Subsegment[] | undefined;
}

/** Inner subsegments are checked one by one: zod's recursion would need more stack than a large document leaves. */
const subsegments = z.array(z.custom<Subsegment>()).optional();

const subsegment = record.extend({ subsegments });

/**
 * The fields of a segment document that the laptop reads; all others are kept as they are.
 * Source: "AWS X-Ray segment documents" in the X-Ray Developer Guide.
 */
export const segmentDocument = record
  .extend({
    trace_id: z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/i),
    parent_id: id.optional(),
    type: z.literal("subsegment").optional(),
    subsegments,
  })
  .refine(({ name, type }) => type !== undefined || SERVICE.test(name), "X-Ray does not allow the name of the segment")
  .refine(({ id, parent_id }) => parent_id !== id, "a part of a trace cannot be its own parent")
  .refine(({ type, parent_id }) => type === undefined || parent_id !== undefined, "a subsegment needs a parent_id")
  .superRefine((document, { addIssue }) => {
    const ids = new Set<string>();
    for (const part of partsWithin(document)) {
      const { error } = subsegment.safeParse(part);
      if (error || ids.has(part.id)) {
        addIssue(error ? `a subsegment is malformed: ${error.message}` : "two parts of a document have the same ID");
        return;
      }
      ids.add(part.id);
    }
  });

/** One service's part of a trace. */
export type Segment = z.infer<typeof segmentDocument>;

export interface Trace {
  readonly id: string;
  /** Oldest first. */
  readonly segments: readonly Segment[];
  /** Index of the root segment, whose request began the trace; -1 while there is no segment. */
  readonly root: number;
  /** IDs of segments that no other segment of the trace called, the root's first. */
  readonly roots: readonly string[];
  /** Number of subsegments left out because their parent has not arrived or is one of their own children. */
  readonly orphans: number;
}

/** Fields of a document that filters and the list of traces read. */
const SUMMARY_FIELDS = [
  ...["id", "trace_id", "parent_id", "type", "name", "namespace", "start_time", "end_time", "in_progress"],
  ...["fault", "error", "throttle", "annotations", "user"],
] as const;

/** Copies the fields of a document that filters and the list of traces read, with those of its subsegments. */
export function summaryOf<Part extends Subsegment>(part: Part): Part {
  const summary: Record<string, unknown> = {};
  for (const field of SUMMARY_FIELDS) {
    if (part[field] !== undefined) {
      summary[field] = part[field];
    }
  }
  const { http, subsegments } = part;
  if (http) {
    const { method, url, user_agent, client_ip } = http.request ?? {};
    summary.http = { request: { method, url, user_agent, client_ip }, response: { status: http.response?.status } };
  }
  if (subsegments) {
    summary.subsegments = subsegments.map(summaryOf);
  }
  return summary as Part;
}

/** Levels of subsegments below a segment; deeper ones are left out. */
const MAX_DEPTH = 500;

/**
 * Assembles a trace from its documents, which UDP may deliver late, twice, or in any order: a complete document replaces one
 * in progress, never the reverse. Documents are not modified.
 */
export function assembleTrace(id: string, documents: readonly Segment[]): Trace {
  const own = newestOf(documents.filter(({ type }) => type === undefined));
  const separate = newestOf(documents.filter(({ type }) => type !== undefined));
  const family = separate.length === 0 ? undefined : new Family(separate);
  const segments = (family ? own.map((segment) => family.join(segment)) : own).toSorted(
    (one, other) => one.start_time - other.start_time,
  );
  const roots = rootsOf(segments);
  return {
    id,
    segments,
    root: segments.findIndex((segment) => segment.id === roots[0]),
    roots,
    orphans: family?.left ?? 0,
  };
}

/** Returns one document per ID: the last complete one, or else the last. */
function newestOf(documents: readonly Segment[]): readonly Segment[] {
  const newest = new Map<string, Segment>();
  for (const document of documents) {
    const before = newest.get(document.id);
    if (before === undefined || isComplete(document) || !isComplete(before)) {
      newest.set(document.id, document);
    }
  }
  return [...newest.values()];
}

/** Puts subsegments that arrived as separate documents below their parents. */
class Family {
  readonly #byParent: Map<string, Segment[]>;
  /** Separate subsegments without a parent so far, by ID. */
  readonly #unplaced: Map<string, Segment>;

  constructor(separate: readonly Segment[]) {
    this.#byParent = Map.groupBy(separate, ({ parent_id = "" }) => parent_id);
    this.#unplaced = new Map(separate.map((subsegment) => [subsegment.id, subsegment]));
  }

  get left(): number {
    return this.#unplaced.size;
  }

  join<Part extends Subsegment>(part: Part, depth = 0): Part {
    if (depth === MAX_DEPTH) {
      return part;
    }
    const embedded = (part.subsegments ?? []).map((subsegment) => {
      const separate = this.#unplaced.get(subsegment.id);
      this.#unplaced.delete(subsegment.id);
      return separate && isComplete(separate) && !isComplete(subsegment) ? separate : subsegment;
    });
    const separate = (this.#byParent.get(part.id) ?? []).filter((subsegment) => this.#unplaced.delete(subsegment.id));
    const subsegments = [...embedded, ...separate];
    return subsegments.length === 0
      ? part
      : { ...part, subsegments: subsegments.map((subsegment) => this.join(subsegment, depth + 1)) };
  }
}

/** Finds the segments without a parent inside the trace. In a cycle of parents, the oldest segment counts as a root. */
function rootsOf(segments: readonly Segment[]): readonly string[] {
  const [first] = segments;
  if (first === undefined || segments.length === 1) {
    return first ? [first.id] : [];
  }
  const owner = new Map(segments.flatMap((segment) => [...partsWithin(segment)].map((part) => [part.id, segment.id])));
  const callees = Map.groupBy(segments, ({ parent_id = "" }) => owner.get(parent_id) ?? "");
  const roots = [...(callees.get("") ?? [])].sort(
    (one, other) => Number(one.parent_id !== undefined) - Number(other.parent_id !== undefined),
  );
  const reached = new Set<string>();
  const reach = (from: Segment) => {
    const waiting = [from];
    for (let segment = waiting.pop(); segment !== undefined; segment = waiting.pop()) {
      if (!reached.has(segment.id)) {
        reached.add(segment.id);
        waiting.push(...(callees.get(segment.id) ?? []));
      }
    }
  };
  roots.forEach(reach);
  for (const segment of segments) {
    if (!reached.has(segment.id)) {
      roots.push(segment);
      reach(segment);
    }
  }
  return roots.map((segment) => segment.id);
}

/** Returns the segment whose request began the trace; undefined while only subsegments have arrived. */
export function rootOf({ segments, root }: Trace): Segment | undefined {
  return segments[root];
}

/**
 * Returns the seconds from the start of the first segment to the end of the last that has ended; 0 before any has.
 * Source: `TraceSummary` in the X-Ray API Reference.
 */
export function durationOf({ segments }: Trace): number {
  const start = Math.min(...segments.map(({ start_time }) => start_time));
  return secondsBetween(start, Math.max(start, ...segments.map(({ end_time = start }) => end_time)));
}

/** Returns the seconds that a part of a trace took; undefined while it is in progress. */
export function secondsOf({ start_time, end_time }: Subsegment): number | undefined {
  return end_time === undefined ? undefined : secondsBetween(start_time, end_time);
}

/** Rounded to microseconds: epoch seconds are only that exact, so that 100 ms would otherwise be 0.0999999 s. */
function secondsBetween(start: number, end: number): number {
  return Math.round((end - start) * 1e6) / 1e6;
}

/** Returns the name of the called service, from its own segment if it is traced, otherwise from the caller. */
export function calledBy(call: Subsegment, { segments }: Trace): string {
  return segments.find(({ parent_id }) => parent_id === call.id)?.name ?? call.name;
}

/** Lists the calls to other services or to AWS within a part of a trace, at any depth. */
export function callsOf(part: Subsegment): readonly Subsegment[] {
  return [...partsWithin(part)].filter(
    (inner) => inner !== part && (inner.namespace === "remote" || inner.namespace === "aws"),
  );
}

/** Lists the values of an annotation of a part of a trace and of all its subsegments. */
export function annotationsOf(part: Subsegment, key: string): readonly (string | number | boolean)[] {
  return [...partsWithin(part)].flatMap(({ annotations }) =>
    annotations && Object.hasOwn(annotations, key) ? (annotations[key] ?? []) : [],
  );
}

/** Yields a part of a trace and all its subsegments, in document order and without recursion. */
function* partsWithin(part: Subsegment): Generator<Subsegment> {
  const waiting = [part];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    waiting.push(...(next.subsegments?.toReversed() ?? []));
  }
}

/** True if a part of a trace has ended. */
export function isComplete({ in_progress, end_time }: Subsegment): boolean {
  return in_progress !== true && end_time !== undefined;
}
