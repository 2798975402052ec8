import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { StartError } from "../../../system/start.ts";

const schema = z.record(z.string(), z.array(z.object({ step: z.string(), time: z.number() })));

/** Steps that are done, by lab, with epoch milliseconds. */
export type DoneSteps = z.infer<typeof schema>;

/** Keeps the progress of the labs in a file, so that it outlasts the runner. */
export class LabRecord {
  readonly #file: string | undefined;

  /** @param folder without one, the progress ends with the runner */
  constructor(folder?: string) {
    this.#file = folder && join(folder, "labs.json");
  }

  /** Reads the progress. Throws a {@link StartError} if the file is not valid. */
  load(): DoneSteps {
    const text = this.#read();
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      throw new StartError(`${this.#file} is not valid: delete it, or use npm start -- --fresh-labs`);
    }
  }

  /** Replaces the file as a whole, so that a crash leaves a complete one. */
  save(done: DoneSteps): void {
    if (this.#file !== undefined) {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileSync(`${this.#file}.new`, `${JSON.stringify(done, undefined, 2)}\n`);
      renameSync(`${this.#file}.new`, this.#file);
    }
  }

  /** Deletes the progress. */
  clear(): void {
    if (this.#file !== undefined) {
      rmSync(this.#file, { force: true });
    }
  }

  #read(): string {
    try {
      return this.#file === undefined ? "{}" : readFileSync(this.#file, "utf8");
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      if (["ENOENT", "ENOTDIR"].includes(code)) {
        return "{}";
      }
      throw new StartError(`${this.#file} cannot be read: ${message}`);
    }
  }
}
