import type { BulkEntry } from "./bulk.ts";
import { EXTRA_FIELD, fits, LINE_FIELDS } from "./fields.ts";
import type { LogBatch, LogEvent } from "./payload.ts";

/** Levels of nesting that are written as a path; what lies deeper stands as JSON behind it. */
const MAX_DEPTH = 8;

type Source = Record<string, unknown>;

/** The documents of a batch, in the order of its lines. */
export function documentsOf(batch: LogBatch): BulkEntry[] {
  return batch.logEvents.map((event) => documentOf(event, batch));
}

function documentOf(event: LogEvent, { owner, logGroup, logStream }: LogBatch): BulkEntry {
  const timestamp = new Date(event.timestamp).toISOString();
  const origin = {
    "@timestamp": timestamp,
    "@id": event.id,
    "@owner": owner,
    "@log_group": logGroup,
    "@log_stream": logStream,
  };
  return {
    index: `cwl-${timestamp.slice(0, 10).replaceAll("-", ".")}`,
    id: event.id,
    source: JSON.stringify(fieldsOf(event.message, origin) ?? { ...origin, msg: event.message.toWellFormed() }),
  };
}

/** The line's fields laid over its origin, or nothing when the line is not a JSON object and is kept as text. */
function fieldsOf(line: string, origin: Source): Source | undefined {
  // Most lines of other programs are told apart by their first character, which is cheaper than a thrown SyntaxError.
  if (!line.trimStart().startsWith("{")) {
    return undefined;
  }
  try {
    const source = { ...origin };
    const extra: string[] = [];
    spread(JSON.parse(line), "", 0, source, extra);
    if (extra.length > 0) {
      source[EXTRA_FIELD] = extra;
    }
    return source;
  } catch (error) {
    // A RangeError is JSON nested too deep for the stack.
    if (error instanceof SyntaxError || error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Sorts a line's values into fields and extras. Extras are texts and not fields, so a name that holds a string today
 * and an object tomorrow cannot clash with the index's mapping, and made-up names cannot fill it.
 */
function spread(record: object, prefix: string, depth: number, source: Source, extra: string[]): void {
  for (const [key, value] of Object.entries(record)) {
    const path = prefix + key;
    const kind = LINE_FIELDS.get(path);
    if (kind !== undefined && fits(kind, value) && !Object.hasOwn(source, path)) {
      source[path] = typeof value === "string" ? value.toWellFormed() : value;
    } else {
      keep(path, value, depth, source, extra);
    }
  }
}

function keep(path: string, value: unknown, depth: number, source: Source, extra: string[]): void {
  if (typeof value !== "object" || value === null) {
    extra.push(`${path}=${value}`.toWellFormed());
  } else if (depth === MAX_DEPTH || Object.keys(value).length === 0) {
    extra.push(`${path}=${JSON.stringify(value)}`.toWellFormed());
  } else if (Array.isArray(value)) {
    for (const item of value) {
      keep(path, item, depth + 1, source, extra);
    }
  } else {
    spread(value, `${path}.`, depth + 1, source, extra);
  }
}
