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

  constructor(path: string, largest = LARGEST) {
    this.path = path;
    this.#largest = largest;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, "a");
    this.#size = statSync(path).size;
  }

  /** Writes synchronously, so that the line survives a crash. */
  append(line: string): void {
    if (this.#size >= this.#largest) {
      this.close();
      renameSync(this.path, `${this.path}.1`);
      this.#file = openSync(this.path, "a");
      this.#size = 0;
    }
    this.#size += writeSync(this.#file, `${line}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}
