import { LOG_LEVEL } from "../../specs/log-level.ts";
import { ByteRing } from "../byte-ring.ts";
import { type LogLine, type LogRecord, parseRecord } from "./log-line.ts";

/** Who wrote a line. */
export interface Writer {
  /** Name of the program, such as `like` or `like-metadata-proxy`. */
  readonly program: string;
  /** Id of the task that the program is part of; undefined for the table, which is nobody's. */
  readonly task: string | undefined;
}

/** A line that is kept. Its text is read, and its record parsed, only for those who ask. */
export interface FoundLine extends Writer {
  /** Lines are counted from 0, from the first that ever came. */
  readonly number: number;
  /** Milliseconds since 1970, as the line has it; of its arrival for one that has none. */
  readonly time: number;
  /** bunyan's; undefined for a line that is no log record. */
  readonly level: number | undefined;
  readonly healthCheck: boolean;
  /** As it was written. */
  readonly text: string;
  /** The line's fields; undefined for a line that is no log record. */
  readonly record: LogRecord | undefined;
}

/** Every condition that is left out holds for all lines. */
export interface LogQuery {
  /** Milliseconds since 1970. */
  readonly from?: number | undefined;
  /** Milliseconds since 1970, themselves excluded. */
  readonly to?: number | undefined;
  readonly programs?: readonly string[] | undefined;
  /** Id of one. */
  readonly task?: string | undefined;
  /** The least of bunyan's levels; lines without one, such as a crash's stack, count as errors. */
  readonly level?: number | undefined;
  /** Somewhere in the line, in upper or lower case. */
  readonly text?: string | undefined;
  /** Whether health checks are left out. */
  readonly withoutHealthChecks?: boolean | undefined;
  /** Numbers of lines: only those after the one, and before the other. */
  readonly after?: number | undefined;
  readonly before?: number | undefined;
}

/** Bytes of all lines together. */
const MOST = 32 * 1024 ** 2;

/** Bytes of a line below which there can be fewer lines than bytes: what is known of each line takes memory too. */
const SHORT_LINE = 128;

/** Characters of a line, as CloudWatch Logs takes them; what goes beyond is cut off. */
const LONGEST_LINE = 256 * 1024;

/** The newest lines of all programs, in a fixed number of bytes. */
export class LogStore {
  readonly #texts: ByteRing;
  /** Most lines that there can be. Line n has the place n modulo this in each of the columns. */
  readonly #most: number;
  readonly #position: Float64Array;
  readonly #length: Uint32Array;
  readonly #time: Float64Array;
  readonly #level: Uint8Array;
  readonly #writer: Uint16Array;
  readonly #healthCheck: Uint8Array;
  readonly #writers: Writer[] = [];
  readonly #numberOfWriter = new Map<string, number>();
  #oldest = 0;
  #next = 0;

  /** @param most bytes of all lines */
  constructor(most = MOST) {
    this.#texts = new ByteRing(most);
    this.#most = Math.ceil(most / SHORT_LINE) + 1024;
    this.#position = new Float64Array(this.#most);
    this.#length = new Uint32Array(this.#most);
    this.#time = new Float64Array(this.#most);
    this.#level = new Uint8Array(this.#most);
    this.#writer = new Uint16Array(this.#most);
    this.#healthCheck = new Uint8Array(this.#most);
  }

  /** Lines that are kept. */
  get size(): number {
    return this.#next - this.#oldest;
  }

  /** Number of the oldest line that is kept. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Number that the next line will have: how many have ever come. */
  get next(): number {
    return this.#next;
  }

  add(writer: Writer, { text, record, healthCheck }: LogLine): void {
    const { position, length } = this.#texts.push(text.slice(0, Math.min(LONGEST_LINE, this.#texts.capacity / 4)));
    const time = Date.parse(record?.time ?? "");
    const place = this.#next % this.#most;
    this.#position[place] = position;
    this.#length[place] = length;
    this.#time[place] = Number.isNaN(time) ? Date.now() : time;
    this.#level[place] = record?.level ?? 0;
    this.#writer[place] = this.#writerNumber(writer);
    this.#healthCheck[place] = healthCheck ? 1 : 0;
    this.#next += 1;
    while (this.size > this.#most || (this.#position[this.#oldest % this.#most] as number) < this.#texts.oldest) {
      this.#oldest += 1;
    }
  }

  /** A line by its number; undefined when it is not there any more, or not yet. */
  get(number: number): FoundLine | undefined {
    return number >= this.#oldest && number < this.#next && Number.isInteger(number) ? this.#lineAt(number) : undefined;
  }

  /** The lines that a query asks for, the last written first. Each is looked at when it is its turn, so whoever has enough may stop. */
  *find(query: LogQuery): Generator<FoundLine> {
    for (const line of this.look(query)) {
      if (line) {
        yield line;
      }
    }
  }

  /** As `find`, but with nothing in place of a line that does not fit: whoever shares the time with others may pause there. */
  *look(query: LogQuery): Generator<FoundLine | undefined> {
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
      this.#textAt(place),
    );
  }

  #textAt(place: number): string {
    return this.#texts.read(this.#position[place] as number, this.#length[place] as number);
  }

  #writerNumber(writer: Writer): number {
    const key = `${writer.program} ${writer.task}`;
    let number = this.#numberOfWriter.get(key);
    if (number === undefined) {
      // One of 65,536 writers before has no line any more.
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
  readonly text: string;
  #record: { readonly of: LogRecord | undefined } | undefined;

  constructor(
    number: number,
    time: number,
    level: number | undefined,
    healthCheck: boolean,
    writer: Writer,
    text: string,
  ) {
    this.number = number;
    this.time = time;
    this.level = level;
    this.healthCheck = healthCheck;
    this.program = writer.program;
    this.task = writer.task;
    this.text = text;
  }

  get record(): LogRecord | undefined {
    this.#record ??= { of: parseRecord(this.text) };
    return this.#record.of;
  }
}
