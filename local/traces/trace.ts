import { z } from "zod";

const id = z.string().regex(/^[0-9a-f]{16}$/);

const record = z.looseObject({
  id,
  name: z.string(),
  start_time: z.number(),
  end_time: z.number().optional(),
  in_progress: z.boolean().optional(),
  fault: z.boolean().optional(),
  error: z.boolean().optional(),
  throttle: z.boolean().optional(),
  namespace: z.string().optional(),
  annotations: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  http: z
    .looseObject({
      request: z.looseObject({ method: z.string().optional(), url: z.string().optional() }).optional(),
      response: z.looseObject({ status: z.number().optional() }).optional(),
    })
    .optional(),
});

/** What the traces' readers rely on of a document; X-Ray takes much more, and so it is kept. */
export const segmentDocument = record.extend({
  trace_id: z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/),
  parent_id: id.optional(),
  type: z.literal("subsegment").optional(),
  get subsegments() {
    return z.array(part).optional();
  },
});

const part = record.extend({
  get subsegments() {
    return z.array(part).optional();
  },
});

/** Something that a segment spent its time on; `namespace` says whether it was a call to another service or to AWS. */
export type Subsegment = z.infer<typeof part>;

/** A service's part of a trace, with subsegments that came by themselves where they belong. */
export type Segment = z.infer<typeof segmentDocument>;

export interface Trace {
  readonly id: string;
  /** Oldest first. */
  readonly segments: readonly Segment[];
}

/** Puts documents together. One that comes again, after it was in progress, stands for the one before. */
export function traceOf(id: string, documents: readonly Segment[]): Trace {
  const all = [...new Map(documents.map((document) => [document.id, document])).values()];
  const segments = all.filter(({ type }) => type === undefined);
  for (const lone of all.filter(({ type }) => type !== undefined)) {
    const parent = all.map((candidate) => find(candidate, lone.parent_id)).find((found) => found !== undefined);
    if (parent) {
      parent.subsegments = [...(parent.subsegments ?? []), lone];
    }
  }
  return { id, segments: segments.sort((a, b) => a.start_time - b.start_time) };
}

/** Seconds of the whole trace. */
export function durationOf({ segments }: Trace): number {
  const start = Math.min(...segments.map(({ start_time }) => start_time));
  return Math.max(...segments.map((segment) => segment.end_time ?? segment.start_time)) - start;
}

/** Seconds of a part of a trace; undefined while it is in progress. */
export function secondsOf({ start_time, end_time }: Subsegment): number | undefined {
  return end_time === undefined ? undefined : end_time - start_time;
}

/** The service at the other end of a call: what it calls itself, if it is traced. */
export function calledBy(call: Subsegment, { segments }: Trace): string {
  return segments.find(({ parent_id }) => parent_id === call.id)?.name ?? call.name;
}

/** Subsegments that are calls to other services or to AWS, however deep. */
export function callsOf(part: Subsegment): readonly Subsegment[] {
  return (part.subsegments ?? []).flatMap((inner) => [
    ...(inner.namespace === "remote" || inner.namespace === "aws" ? [inner] : []),
    ...callsOf(inner),
  ]);
}

/** What a part of a trace, and all within it, have under a key. */
export function annotationsOf(part: Subsegment, key: string): readonly (string | number | boolean)[] {
  const value = part.annotations?.[key];
  return [
    ...(value === undefined ? [] : [value]),
    ...(part.subsegments ?? []).flatMap((deep) => annotationsOf(deep, key)),
  ];
}

function find(within: Subsegment, id: string | undefined): Subsegment | undefined {
  if (within.id === id) {
    return within;
  }
  for (const deeper of within.subsegments ?? []) {
    const found = find(deeper, id);
    if (found) {
      return found;
    }
  }
}
