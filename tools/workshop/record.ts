import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../deploy/synth.ts";

/** Outcome of the last attempt to deploy or destroy a stack. */
export interface StackRecord {
  /** `started` means in progress, or killed before its end. A destroyed stack has no record. */
  readonly outcome: "started" | "deployed" | "failed" | "interrupted";
  /** ISO 8601. */
  readonly at: string;
  /** Digest of the Terraform that was applied. */
  readonly digest?: string;
  /** Terraform's errors. */
  readonly error?: string;
}

type Records = Record<string, Record<string, StackRecord>>;

/**
 * The attempts of a workshop, kept in `.workshop/<base>.json` after every change, so that a command can continue where an
 * earlier one ended in any way. Terraform's states decide what exists; this file only tells a complete stack from an
 * incomplete one.
 */
export class WorkshopRecord {
  readonly #path: string;
  readonly #records: Records;

  constructor(base: string) {
    this.#path = join(ROOT, ".workshop", `${base}.json`);
    this.#records = readRecords(this.#path);
  }

  /** Records of an environment by stack. */
  of(environment: string): Readonly<Record<string, StackRecord>> {
    return this.#records[environment] ?? {};
  }

  set(environment: string, stack: string, record: Omit<StackRecord, "at">): void {
    this.#records[environment] = {
      ...this.of(environment),
      [stack]: { ...record, at: new Date().toISOString() },
    };
    this.#save();
  }

  remove(environment: string, stack: string): void {
    const { [stack]: _, ...others } = this.of(environment);
    this.#records[environment] = others;
    this.#save();
  }

  /** Replaces the file as a whole, so that it is complete even if the process is killed. */
  #save(): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#records, undefined, 2));
    renameSync(`${this.#path}.new`, this.#path);
  }
}

function readRecords(path: string): Records {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Records;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return {};
    }
    throw error;
  }
}
