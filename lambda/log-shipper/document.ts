import type { BulkEntry } from "./bulk.ts";
import { digitsOf, parse, stringify } from "./exact-numbers.ts";
import { EXTRA_FIELD, fits, LINE_FIELDS } from "./fields.ts";
import type { LogBatch, LogEvent } from "./payload.ts";

/** Levels of nesting that become part of the path; deeper values are written as JSON. */
const MAX_DEPTH = 8;

/**
 * Maximum number of extra strings in a document, and of their characters. Values beyond either limit stay together as JSON
 * in one string.
 */
export const MAX_EXTRAS = 1_000;
const MAX_SPREAD_CHARACTERS = 256 * 1024;

/** Maximum characters of one string. A CloudWatch Logs event has at most this many bytes. */
export const MAX_TEXT = 1_048_576;

/** Maximum characters of all extra strings together. Escapes can double them, and a domain accepts requests up to 10 MiB. */
export const MAX_EXTRA_CHARACTERS = 2 * MAX_TEXT;

/** Fields such as `err` that have known fields inside. */
const KNOWN_PARENTS = new Set(
  [...LINE_FIELDS.keys()].filter((path) => path.includes(".")).map((path) => path.split(".")[0]),
);

/** A longer path is not looked up: hashing it would take time in proportion to its length, for each of its values. */
const LONGEST_KNOWN_PATH = Math.max(...[...LINE_FIELDS.keys()].map((path) => path.length));

/** Milliseconds. */
const DAY = 86_400_000;

type Source = Record<string, unknown>;

/** The documents of a batch by index. */
export function documentsByIndex({
  owner,
  logGroup,
  logStream,
  logEvents,
}: LogBatch): Map<string, Iterable<BulkEntry>> {
  // The fields that all documents have in common, as JSON without braces.
  const common = JSON.stringify({ "@owner": owner, "@log_group": logGroup, "@log_stream": logStream }).slice(1, -1);
  const days = Map.groupBy(logEvents, ({ timestamp }) => Math.floor(timestamp / DAY));
  return new Map(
    [...days].map(([day, events]) => {
      const index = `cwl-${new Date(day * DAY).toISOString().slice(0, 10).replaceAll("-", ".")}`;
      return [index, documents(index, events, common)];
    }),
  );
}

function* documents(index: string, events: readonly LogEvent[], common: string): Generator<BulkEntry> {
  for (const event of events) {
    yield new LineDocument(index, event, common);
  }
}

/** The document for a line. */
class LineDocument implements BulkEntry {
  readonly index: string;
  readonly #event: LogEvent;
  readonly #common: string;

  constructor(index: string, event: LogEvent, common: string) {
    this.index = index;
    this.#event = event;
    this.#common = common;
  }

  get id(): string {
    return this.#event.id;
  }

  get source(): string {
    const { id, timestamp, message } = this.#event;
    const origin = `{"@timestamp":"${new Date(timestamp).toISOString()}","@id":${JSON.stringify(id)},${this.#common}`;
    const fields = fieldsOf(message) ?? textOf(message);
    return fields === "{}" ? `${origin}}` : `${origin},${fields.slice(1)}`;
  }
}

/** The line's fields as JSON, or undefined when the line is not a JSON object. */
function fieldsOf(line: string): string | undefined {
  // The first character rules out most text lines, which is cheaper than a thrown SyntaxError.
  if (!line.trimStart().startsWith("{")) {
    return undefined;
  }
  try {
    const document = new Document();
    spread(parse(line) as Source, "", 0, document);
    return document.toJson();
  } catch (error) {
    // A RangeError means JSON nested too deeply for the stack.
    if (error instanceof SyntaxError || error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

/** The fields of a line that is kept as text, as JSON. */
function textOf(line: string): string {
  const document = new Document();
  document.set("msg", line);
  return document.toJson();
}

/** A document under construction. Its strings are well-formed and bounded, and `@truncated` names those that were cut. */
class Document {
  readonly #fields: Source = {};
  readonly #extra: string[] = [];
  #characters = 0;
  #cut: readonly string[] = [];

  has(path: string): boolean {
    return path in this.#fields;
  }

  set(path: string, value: unknown): void {
    this.#fields[path] = typeof value === "string" ? this.#bounded(path, value, MAX_TEXT) : value;
  }

  /** True once further values no longer get separate strings. */
  get isFull(): boolean {
    return this.#extra.length >= MAX_EXTRAS || this.#characters >= MAX_SPREAD_CHARACTERS;
  }

  addExtra(text: string): void {
    const bounded = this.#bounded(EXTRA_FIELD, text, Math.min(MAX_TEXT, MAX_EXTRA_CHARACTERS - this.#characters));
    if (bounded !== "") {
      this.#extra.push(bounded);
      this.#characters += bounded.length;
    }
  }

  toJson(): string {
    if (this.#extra.length > 0) {
      this.#fields[EXTRA_FIELD] = this.#extra;
    }
    if (this.#cut.length > 0) {
      this.#fields["@truncated"] = `${this.#cut.join(", ")} cut; CloudWatch Logs has the full line`;
    }
    return JSON.stringify(this.#fields);
  }

  #bounded(field: string, text: string, limit: number): string {
    if (text.length <= limit) {
      return text.toWellFormed();
    }
    this.#cut = [...new Set([...this.#cut, field])];
    return text.slice(0, limit).toWellFormed();
  }
}

/**
 * Sorts a line's values into fields and extras. Extras are strings rather than fields, so a name whose type changes cannot
 * conflict with the index's mapping, and arbitrary names cannot fill it.
 */
function spread(record: Source, prefix: string, depth: number, document: Document): void {
  let rest: Source | undefined;
  for (const key of Object.keys(record)) {
    const value = record[key];
    const path = prefix + key;
    const isKnown = path.length <= LONGEST_KNOWN_PATH;
    const kind = isKnown ? LINE_FIELDS.get(path) : undefined;
    const digits = digitsOf(value);
    const isDouble = kind === "double" && digits !== undefined;
    const found = isDouble ? Number(digits) : value; // the index stores a double, too
    if (kind !== undefined && fits(kind, found) && !document.has(path) && (digits === undefined || isDouble)) {
      document.set(path, found);
    } else if (document.isFull && !(isKnown && KNOWN_PARENTS.has(path))) {
      rest ??= Object.create(null) as Source;
      rest[key] = value;
    } else {
      keep(path, value, depth, document);
    }
  }
  if (rest) {
    keepTogether(prefix.slice(0, -1), rest, document);
  }
}

function keep(path: string, value: unknown, depth: number, document: Document): void {
  if (typeof value !== "object" || value === null) {
    document.addExtra(`${path}=${digitsOf(value) ?? value}`);
  } else if (depth === MAX_DEPTH || isEmpty(value)) {
    document.addExtra(`${path}=${stringify(value)}`);
  } else if (Array.isArray(value)) {
    keepItems(path, value, depth, document);
  } else {
    spread(value as Source, `${path}.`, depth + 1, document);
  }
}

function keepItems(path: string, items: readonly unknown[], depth: number, document: Document): void {
  for (const [position, item] of items.entries()) {
    if (document.isFull) {
      keepTogether(path, items.slice(position), document);
      return;
    }
    keep(path, item, depth + 1, document);
  }
}

/** Writes the values beyond the limits as one string. At the top level there is no path. */
function keepTogether(path: string, rest: object, document: Document): void {
  document.addExtra(path === "" ? stringify(rest) : `${path}=${stringify(rest)}`);
}

/** The keys of an array are not listed: that would make a string for each of up to half a million items. */
function isEmpty(value: object): boolean {
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}
