import { mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { describeFileError } from "./file-error.ts";

/** A file that an option names and that cannot be written. */
export class OutputFileError extends Error {
  override readonly name = "OutputFileError";
}

/** Opens the file that an option names for writing, and creates its folder. */
export function openOutput(option: string, file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, "w");
  } catch (error) {
    const found = describeFileError(error, "write");
    throw new OutputFileError(`${option} is ${file}: expected a file that can be written, ${found}`);
  }
}
