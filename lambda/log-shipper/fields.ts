/**
 * What a field of a log line may hold, and how the domain indexes it. `keyword` is matched whole, `text` by its words.
 */
export type FieldKind = "keyword" | "text" | "long" | "double" | "date";

/**
 * The fields of a bunyan line that get a field of their own, by their path. The document keeps a value here only when
 * it is of the field's kind; the index template maps exactly these. Everything else goes to `extra`.
 */
export const LINE_FIELDS: ReadonlyMap<string, FieldKind> = new Map([
  // What bunyan writes on every line.
  ["name", "keyword"],
  ["hostname", "keyword"],
  ["pid", "long"],
  ["level", "long"],
  ["time", "date"],
  ["msg", "text"],
  ["v", "long"],
  ["err.name", "keyword"],
  ["err.message", "text"],
  ["err.stack", "text"],
  ["err.code", "keyword"],
  // What the services add.
  ["requestId", "keyword"],
  ["traceId", "keyword"],
  ["method", "keyword"],
  ["path", "keyword"],
  ["status", "long"],
  ["durationMs", "double"],
  ["chaos", "keyword"],
]);

/** Where a line came from: written by the shipper, never taken from a line. */
export const ORIGIN_FIELDS: ReadonlyMap<string, FieldKind> = new Map([
  ["@timestamp", "date"],
  ["@id", "keyword"],
  ["@owner", "keyword"],
  ["@log_group", "keyword"],
  ["@log_stream", "keyword"],
]);

/** Holds what has no field of its own, each value as the text `path=value`. */
export const EXTRA_FIELD = "extra";

/** True for a value that the domain indexes under a field of this kind without complaint. */
export function fits(kind: FieldKind, value: unknown): boolean {
  switch (kind) {
    case "keyword":
    case "text":
      return typeof value === "string";
    case "long":
      return Number.isSafeInteger(value);
    case "double":
      return Number.isFinite(value);
    case "date":
      return typeof value === "string" && isTime(value);
  }
}

/** Only the one form that bunyan writes, and only days that exist: the domain refuses the thirtieth of February. */
function isTime(text: string): boolean {
  const time = new Date(text);
  return (
    text.length === "2026-01-31T12:00:00.000Z".length && !Number.isNaN(time.getTime()) && time.toISOString() === text
  );
}
