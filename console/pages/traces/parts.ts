import type { Segment, Trace } from "../../messages/traces.ts";
import type { HealthState } from "../../parts/health.tsx";

/** A segment or subsegment at its place in the trace. */
export interface Part {
  readonly segment: Segment;
  readonly depth: number;
  /** Whether a service tells of itself; others tell of the rest. */
  readonly own: boolean;
}

/** All parts, each followed by what it called: the segment of a service stands below the call that it answered. */
export function partsOf({ segments }: Trace): readonly Part[] {
  const callees = Map.groupBy(segments, ({ parent_id }) => parent_id ?? "");
  const ids = new Set(segments.flatMap(idsOf));
  const within = (segment: Segment, depth: number, own: boolean): Part[] => [
    { segment, depth, own },
    ...(segment.subsegments ?? [])
      .toSorted((one, other) => one.start_time - other.start_time)
      .flatMap((inner) => within(inner, depth + 1, false)),
    ...(callees.get(segment.id) ?? []).flatMap((callee) => within(callee, depth + 1, true)),
  ];
  return segments
    .filter(({ parent_id }) => parent_id === undefined || !ids.has(parent_id))
    .flatMap((root) => within(root, 0, true));
}

/** Seconds since 1970 at which the trace begins and ends. */
export function spanOf({ segments }: Trace): { readonly start: number; readonly end: number } {
  const start = Math.min(...segments.map(({ start_time }) => start_time));
  const end = Math.max(...segments.map((segment) => segment.end_time ?? segment.start_time));
  return { start, end: Math.max(end, start + 1e-6) };
}

export function healthOf({ fault, error, throttle, in_progress }: Segment): { state: HealthState; says: string } {
  if (fault) {
    return { state: "ill", says: "fault" };
  }
  if (error || throttle) {
    return { state: "warned", says: throttle ? "throttled" : "error" };
  }
  return in_progress ? { state: "idle", says: "in progress" } : { state: "well", says: "ok" };
}

function idsOf(segment: Segment): readonly string[] {
  return [segment.id, ...(segment.subsegments ?? []).flatMap(idsOf)];
}
