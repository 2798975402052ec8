import { Fifo } from "./fifo.ts";
import { type LogRecord, parseRecord } from "./log-line.ts";

export interface Writer {
  /** Name of the program, such as `like` or `like-metadata-proxy`. */
  readonly program: string;
  /** Id of the task that the program is part of; undefined for the table, which is nobody's. */
  readonly task: string | undefined;
}

export interface LogLine extends Writer {
  /** Milliseconds since 1970, as the line has it; of its arrival for one that has none. */
  readonly time: number;
  /** bunyan's; undefined for a line that is no log record. */
  readonly level: number | undefined;
  /** As it was written. */
  readonly text: string;
}

/** Every condition that is left out holds for all lines. */
export interface LogQuery {
  /** Milliseconds since 1970. */
  readonly from?: number;
  /** Milliseconds since 1970, themselves excluded. */
  readonly to?: number;
  readonly programs?: readonly string[];
  /** Id of one. */
  readonly task?: string;
  /** The least of bunyan's levels; lines without one, such as a crash's stack, count as errors. */
  readonly level?: number;
  /** Somewhere in the line, in upper or lower case. */
  readonly text?: string;
}

export interface FoundLine extends LogLine {
  /** The line's fields; undefined for a line that is no log record. */
  readonly record: LogRecord | undefined;
}

/** Characters of all lines together. */
const MOST = 48 * 1024 ** 2;

/** Characters of a line, as CloudWatch Logs takes them; what goes beyond is cut off. */
const LONGEST_LINE = 256 * 1024;

/** Levels of bunyan. */
const ERROR = 50;

/** The newest lines of all programs. */
export class LogStore {
  readonly #most: number;
  readonly #lines = new Fifo<LogLine>();
  #characters = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  /** Number of lines. */
  get size(): number {
    return this.#lines.size;
  }

  get characters(): number {
    return this.#characters;
  }

  add({ program, task }: Writer, line: string): void {
    const text = line.slice(0, LONGEST_LINE);
    const record = parseRecord(line);
    const time = Date.parse(record?.time ?? "");
    this.#lines.push({ time: Number.isNaN(time) ? Date.now() : time, program, task, level: record?.level, text });
    this.#characters += text.length;
    while (this.#characters > this.#most) {
      this.#characters -= this.#lines.shift()?.text.length ?? 0;
    }
  }

  /** The lines that a query asks for, the last written first. Each is looked at when it is its turn, so whoever has enough may stop. */
  *find({ from = -Infinity, to = Infinity, programs, task, level = 0, text = "" }: LogQuery): Generator<FoundLine> {
    const contains = new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "i");
    for (const line of this.#lines.newest()) {
      if (
        line.time >= from &&
        line.time < to &&
        (line.level ?? ERROR) >= level &&
        (programs?.includes(line.program) ?? true) &&
        (task === undefined || line.task === task) &&
        contains.test(line.text)
      ) {
        yield { ...line, record: parseRecord(line.text) };
      }
    }
  }
}
