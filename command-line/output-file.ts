import { existsSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { describeFileError } from "./file-error.ts";

/** A file that an option names and that cannot be written. */
export class OutputFileError extends Error {
  override readonly name = "OutputFileError";
}

/** Opens the file that an option names for writing. Its folder must exist: a new one may be a typing error. */
export function openOutput(option: string, file: string): number {
  const folder = dirname(file);
  if (!existsSync(folder)) {
    throw new OutputFileError(`${option} is ${file}: expected a file in an existing folder, and there is no ${folder}`);
  }
  try {
    return openSync(file, "w");
  } catch (error) {
    const found = describeFileError(error, "write");
    throw new OutputFileError(`${option} is ${file}: expected a file that can be written, ${found}`);
  }
}
