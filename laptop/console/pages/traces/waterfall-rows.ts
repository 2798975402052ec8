import type { Segment, Subsegment, Trace } from "../../../telemetry/traces/trace.ts";

/** A segment or subsegment at its place in the waterfall. */
export interface WaterfallRow {
  readonly segment: Segment | Subsegment;
  readonly depth: number;
  /** True for a segment, which a service sends about itself. Subsegments are sent by the caller. */
  readonly own: boolean;
}

/**
 * Rows in call order: the segment of a service follows the subsegment of the call that it handled. Each segment has one row,
 * even in a malformed trace whose segments share the ID of a subsegment.
 */
export function waterfallRows({ segments, roots }: Trace): readonly WaterfallRow[] {
  const called = segments.filter(({ id }) => !roots.includes(id));
  const callees = Map.groupBy(called, ({ parent_id }) => parent_id ?? "");
  const shown = new Set<Segment | Subsegment>();
  const rows: WaterfallRow[] = [];
  // No recursion: a trace may have thousands of levels.
  const waiting = roots
    .flatMap((id) => segments.filter((segment) => segment.id === id))
    .map((segment): WaterfallRow => ({ segment, depth: 0, own: true }))
    .reverse();
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    const { segment, depth } = row;
    if (!shown.has(segment)) {
      shown.add(segment);
      rows.push(row);
      const inner = (segment.subsegments ?? []).toSorted((one, other) => one.start_time - other.start_time);
      waiting.push(
        ...(callees.get(segment.id) ?? [])
          .map((callee) => ({ segment: callee, depth: depth + 1, own: true }))
          .reverse(),
        ...inner.map((subsegment) => ({ segment: subsegment, depth: depth + 1, own: false })).reverse(),
      );
    }
  }
  return rows;
}

/** Start and end of the trace in epoch seconds; the end is not before the start. */
export function boundsOf({ segments }: Trace): { readonly start: number; readonly end: number } {
  const start = Math.min(...segments.map(({ start_time }) => start_time));
  const end = Math.max(...segments.map((segment) => segment.end_time ?? segment.start_time));
  return { start, end: Math.max(end, start) };
}
