import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Bytes of a log file; one older file is kept as well. */
const LARGEST = 5 * 1024 * 1024;

/** A log file that is renamed to `<path>.1` at its size limit, so that there are at most two files. */
export class LogFile {
  readonly path: string;
  readonly #largest: number;
  #file: number;
  #size: number;
  /** Lines to be written. */
  #lines = "";

  constructor(path: string, largest = LARGEST) {
    this.path = path;
    this.#largest = largest;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, "a");
    this.#size = statSync(path).size;
  }

  /**
   * Adds a line. The lines of one chunk of output are written together, because each write is a system call, and before anything
   * else happens, so that they survive a crash.
   */
  append(line: string): void {
    if (this.#size >= this.#largest) {
      this.close();
      renameSync(this.path, `${this.path}.1`);
      this.#file = openSync(this.path, "a");
      this.#size = 0;
    }
    if (this.#lines === "") {
      queueMicrotask(() => this.#write());
    }
    this.#lines += `${line}\n`;
    this.#size += Buffer.byteLength(line) + 1;
  }

  close(): void {
    this.#write();
    closeSync(this.#file);
  }

  #write(): void {
    if (this.#lines !== "") {
      writeSync(this.#file, this.#lines);
      this.#lines = "";
    }
  }
}
