import { LOG_LEVEL } from "../../../model/log-level.ts";
import { type LogLine, parseFields } from "../../system/processes/log-line.ts";
import { type LogFields, type LogRecord, recordOf } from "../../system/processes/log-record.ts";
import { ByteRing } from "../storage/byte-ring.ts";
import { FieldColumns } from "./field-columns.ts";

/** Program that wrote a line. */
export interface Writer {
  /** Name of the program, such as `like` or `like-metadata-proxy`. */
  readonly program: string;
  /** ID of the program's task; undefined for the table. */
  readonly task: string | undefined;
}

/** A line of the store. Its text is read and parsed only when it is used. */
export interface FoundLine extends Writer {
  /** Number of the line, counted from 0 since the start. */
  readonly number: number;
  /** Milliseconds since 1970, from the line itself or, without one, its arrival time. */
  readonly time: number;
  /** bunyan's level; undefined for a line that is not a log record. */
  readonly level: number | undefined;
  readonly healthCheck: boolean;
  readonly text: string;
  /** The line's fields; undefined for a line that is not a JSON object. */
  readonly fields: LogFields | undefined;
  /** The line's fields as a log record; undefined for any other line. */
  readonly record: LogRecord | undefined;
  /** Returns a field by name, without parsing the line if the store has a column for it. */
  field(name: string): unknown;
}

/** Conditions on lines. An omitted condition matches every line. */
export interface LogQuery {
  /** Milliseconds since 1970. */
  readonly from?: number | undefined;
  /** Milliseconds since 1970, exclusive. */
  readonly to?: number | undefined;
  readonly programs?: readonly string[] | undefined;
  /** ID of a task. */
  readonly task?: string | undefined;
  /** Lowest of bunyan's levels. A line without one, such as a stack trace, counts as an error. */
  readonly level?: number | undefined;
  /** Text that the line contains, case-insensitive. */
  readonly text?: string | undefined;
  /** True to leave out health checks. */
  readonly withoutHealthChecks?: boolean | undefined;
  /** Line numbers, both exclusive. */
  readonly after?: number | undefined;
  readonly before?: number | undefined;
}

/** Maximum total bytes of all lines. */
const MOST = 32 * 1024 ** 2;

/** Average bytes per line below which the number of lines is limited instead, because the columns use memory per line. */
const SHORT_LINE = 128;

/** Characters of a line before it is cut off. Source: "CloudWatch Logs quotas", log event size of 1 MB since April 2025. */
const LONGEST_LINE = 1024 * 1024;

/** Fields with a column: log record fields with few distinct values. */
const COLUMNS = ["name", "level", "status", "method", "path", "durationMs", "chaos"];

/** The newest log lines of all programs, in a fixed amount of memory. */
export class LogStore {
  readonly #texts: ByteRing;
  /** Maximum number of lines. Line n is at index n modulo this number in every column. */
  readonly #most: number;
  readonly #position: Float64Array;
  readonly #length: Uint32Array;
  readonly #time: Float64Array;
  readonly #level: Uint8Array;
  readonly #writer: Uint16Array;
  readonly #healthCheck: Uint8Array;
  readonly #fields: FieldColumns;
  readonly #writers: Writer[] = [];
  readonly #numberOfWriter = new Map<string, number>();
  #oldest = 0;
  #next = 0;

  /** @param most Maximum total bytes of all lines. */
  constructor(most = MOST) {
    this.#texts = new ByteRing(most);
    this.#most = Math.ceil(most / SHORT_LINE) + 1024;
    this.#position = new Float64Array(this.#most);
    this.#length = new Uint32Array(this.#most);
    this.#time = new Float64Array(this.#most);
    this.#level = new Uint8Array(this.#most);
    this.#writer = new Uint16Array(this.#most);
    this.#healthCheck = new Uint8Array(this.#most);
    this.#fields = new FieldColumns(COLUMNS, this.#most);
  }

  /** Number of lines in the store. */
  get size(): number {
    return this.#next - this.#oldest;
  }

  /** Number of the oldest line in the store. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Number of the next line. */
  get next(): number {
    return this.#next;
  }

  add(writer: Writer, { text, fields, record, healthCheck }: LogLine): void {
    const kept = text.slice(0, Math.min(LONGEST_LINE, this.#texts.capacity / 4));
    const { position, length } = this.#texts.push(kept);
    const time = Date.parse(record?.time ?? "");
    const place = this.#next % this.#most;
    this.#position[place] = position;
    this.#length[place] = length;
    this.#time[place] = Number.isNaN(time) ? Date.now() : time;
    this.#level[place] = record?.level ?? 0;
    this.#writer[place] = this.#writerNumber(writer);
    this.#healthCheck[place] = healthCheck ? 1 : 0;
    this.#fields.set(place, kept.length === text.length ? fields : undefined);
    this.#next += 1;
    while (this.size > this.#most || (this.#position[this.#oldest % this.#most] as number) < this.#texts.oldest) {
      this.#oldest += 1;
    }
  }

  /** Returns a line by its number; undefined if it is not in the store. */
  get(number: number): FoundLine | undefined {
    return number >= this.#oldest && number < this.#next && Number.isInteger(number) ? this.#lineAt(number) : undefined;
  }

  /** Yields the matching lines, newest first. Read the text of a line that is kept for later, before new lines overwrite it. */
  *find(query: LogQuery): Generator<FoundLine> {
    for (const line of this.scan(query)) {
      if (line) {
        yield line;
      }
    }
  }

  /** Yields matching lines, and undefined for all others, so that the caller can pause at any line. */
  *scan(query: LogQuery): Generator<FoundLine | undefined> {
    const fits = this.#test(query);
    const first = Math.min(query.before ?? Infinity, this.#next) - 1;
    const last = query.after === undefined ? 0 : query.after + 1;
    for (let number = first; number >= last && number >= this.#oldest; number -= 1) {
      yield fits(number) ? this.#lineAt(number) : undefined;
    }
  }

  #test({
    from = -Infinity,
    to = Infinity,
    programs,
    task,
    level = 0,
    text = "",
    withoutHealthChecks = false,
  }: LogQuery): (number: number) => boolean {
    const contains = new RegExp(RegExp.escape(text), "i");
    return (number) => {
      const place = number % this.#most;
      const time = this.#time[place] as number;
      const writer = this.#writers[this.#writer[place] as number];
      return (
        time >= from &&
        time < to &&
        (this.#level[place] || LOG_LEVEL.ERROR) >= level &&
        !(withoutHealthChecks && this.#healthCheck[place] === 1) &&
        (programs?.includes(writer?.program ?? "") ?? true) &&
        (task === undefined || writer?.task === task) &&
        (text === "" || contains.test(this.#textAt(place)))
      );
    };
  }

  #lineAt(number: number): FoundLine {
    const place = number % this.#most;
    const level = this.#level[place] as number;
    const writer = this.#writers[this.#writer[place] as number] as Writer;
    return new LineInStore(
      number,
      this.#time[place] as number,
      level === 0 ? undefined : level,
      this.#healthCheck[place] === 1,
      writer,
      () => {
        if (number < this.#oldest) {
          throw new RangeError(`line ${number} has been overwritten`);
        }
        return this.#textAt(place);
      },
      (name) => (number < this.#oldest ? undefined : this.#fields.get(place, name)),
    );
  }

  #textAt(place: number): string {
    return this.#texts.read(this.#position[place] as number, this.#length[place] as number);
  }

  #writerNumber(writer: Writer): number {
    const key = `${writer.program} ${writer.task}`;
    let number = this.#numberOfWriter.get(key);
    if (number === undefined) {
      // Reuses the number of a writer whose lines have all been overwritten.
      number = this.#numberOfWriter.size % 2 ** 16;
      this.#numberOfWriter.set(key, number);
      this.#writers[number] = { ...writer };
    }
    return number;
  }
}

class LineInStore implements FoundLine {
  readonly number: number;
  readonly time: number;
  readonly level: number | undefined;
  readonly healthCheck: boolean;
  readonly program: string;
  readonly task: string | undefined;
  readonly #readText: () => string;
  readonly #readField: (name: string) => readonly unknown[] | undefined;
  #text: string | undefined;
  #parsed: { readonly fields: LogFields | undefined } | undefined;

  /**
   * @param readText Reads the text from the store.
   * @param readField Reads a field from its column, as `FieldColumns.get` does.
   */
  constructor(
    number: number,
    time: number,
    level: number | undefined,
    healthCheck: boolean,
    writer: Writer,
    readText: () => string,
    readField: (name: string) => readonly unknown[] | undefined,
  ) {
    this.number = number;
    this.time = time;
    this.level = level;
    this.healthCheck = healthCheck;
    this.program = writer.program;
    this.task = writer.task;
    this.#readText = readText;
    this.#readField = readField;
  }

  get text(): string {
    this.#text ??= this.#readText();
    return this.#text;
  }

  get fields(): LogFields | undefined {
    this.#parsed ??= { fields: parseFields(this.text) };
    return this.#parsed.fields;
  }

  get record(): LogRecord | undefined {
    return recordOf(this.fields);
  }

  field(name: string): unknown {
    const held = this.#readField(name);
    if (held) {
      return held[0];
    }
    const { fields } = this;
    return fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
  }
}
