/** Type of a field, as in an index mapping. `keyword` matches the whole value, `text` matches words. */
export type FieldKind = "keyword" | "text" | "long" | "double" | "date";

/**
 * The fields of a bunyan line that are indexed as fields, by path. A value of another type goes to `extra`, as does
 * every other field. The index template maps exactly these.
 */
export const LINE_FIELDS: ReadonlyMap<string, FieldKind> = new Map([
  // Written by bunyan on every line.
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
  // Added by the services.
  ["requestId", "keyword"],
  ["traceId", "keyword"],
  ["method", "keyword"],
  ["path", "keyword"],
  ["status", "long"],
  ["durationMs", "double"],
  ["chaos", "keyword"],
]);

/** Fields that the shipper sets and a line cannot: the line's source, and how the document was cut. */
export const ORIGIN_FIELDS: ReadonlyMap<string, FieldKind> = new Map([
  ["@timestamp", "date"],
  ["@id", "keyword"],
  ["@owner", "keyword"],
  ["@log_group", "keyword"],
  ["@log_stream", "keyword"],
  ["@truncated", "keyword"],
]);

/**
 * Largest magnitude of a `double` field. Values near the largest double turn sums and variances into Infinity and NaN and
 * make a histogram allocate buckets without end.
 */
const MAX_DOUBLE = 1e15;

/** Holds every other value, each as the string `path=value`. */
export const EXTRA_FIELD = "extra";

/** True for a value that the domain accepts in a field of this type. */
export function fits(kind: FieldKind, value: unknown): boolean {
  switch (kind) {
    case "keyword":
    case "text":
      return typeof value === "string";
    case "long":
      return Number.isSafeInteger(value);
    case "double":
      return typeof value === "number" && Math.abs(value) <= MAX_DOUBLE;
    case "date":
      return typeof value === "string" && isTime(value);
  }
}

/** A time in bunyan's format on a day that every month has. Most times match, which is faster than making a Date. */
const USUAL_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** True for a time in bunyan's format on a day that exists: the domain rejects February 30. */
function isTime(text: string): boolean {
  if (USUAL_TIME.test(text)) {
    return true;
  }
  const time = new Date(text);
  return (
    text.length === "2026-01-31T12:00:00.000Z".length && !Number.isNaN(time.getTime()) && time.toISOString() === text
  );
}
