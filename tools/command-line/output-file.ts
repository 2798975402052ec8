import { mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";

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
    throw new OutputFileError(`${option} is ${file}: expected a file that can be written, ${reason(error)}`);
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  EACCES: "but this user must not write it",
  EEXIST: "but a part of its path is a file",
  EISDIR: "found a folder",
  ENOTDIR: "but a part of its path is a file",
  EROFS: "but the file system is read-only",
};

function reason(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return CAUSES[code] ?? message;
}
