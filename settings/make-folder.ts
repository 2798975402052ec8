import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { SettingsError } from "./settings-error.ts";

/**
 * Creates a folder and its missing parents. Node.js's recursive mkdir never returns on a file system that rejects a new folder
 * as if its parent were missing, such as /proc.
 */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && statSync(folder).isDirectory()) {
      return;
    }
    const parent = dirname(folder);
    if (code === "ENOENT" && existsSync(parent)) {
      throw new Error(`${parent} accepts no new folders`, { cause: error });
    }
    if (code !== "ENOENT") {
      throw error;
    }
    makeFolder(parent);
    makeFolder(folder);
  }
}

/** Creates a folder if it is missing. Throws a SettingsError with its name, such as a variable, if it cannot be written to. */
export function makeWritableFolder(name: string, folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new SettingsError(
      `${name} is ${folder}: expected a folder that can be written to: ${(error as Error).message}`,
    );
  }
}
