import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeWritableFolder } from "./make-folder.ts";
import { SettingsError } from "./settings-error.ts";

// A command works for minutes with what it has synthesized, stack by stack. A synth by another command would replace that, perhaps
// with the code of another environment.

const FILE = "in-use.json";

interface User {
  readonly pid: number;
  readonly command: string;
}

const claimed = new Set<string>();

/** Folder of the configuration that the app writes (`CDKTF_OUTDIR`). */
export function outputFolder(): string {
  return process.env.CDKTF_OUTDIR || "cdktf.out";
}

/**
 * Creates a folder if it is missing, and keeps other processes from synthesizing into it until this one ends. A child of a process
 * that has claimed the folder shares it. Throws a SettingsError if the folder is in use or cannot be written to.
 */
export function claimOutputFolder(folder: string): void {
  const file = join(folder, FILE);
  makeOutputFolder(folder);
  const user: User = { pid: process.pid, command: process.env.npm_lifecycle_event ?? "" };
  try {
    writeFileSync(file, JSON.stringify(user), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw error;
    }
    requireUsableFolder(folder);
    if (userOf(folder)?.pid === process.ppid) {
      return;
    }
    // The earlier claim is this process's own, or was left by one that was killed.
    writeFileSync(file, JSON.stringify(user));
  }
  if (claimed.size === 0) {
    process.once("exit", release);
  }
  claimed.add(file);
}

/**
 * Creates a folder if it is missing. Throws a SettingsError if it cannot be written to, or if a process other than this one or its
 * parent has claimed it.
 */
export function requireUsableFolder(folder: string): void {
  makeOutputFolder(folder);
  const user = userOf(folder);
  if (user !== undefined && user.pid !== process.pid && user.pid !== process.ppid && isRunning(user.pid)) {
    const command = user.command && ` (npm run ${user.command})`;
    throw new SettingsError(
      // After a command that was killed, another program may have its ID.
      `${folder} is in use by process ${user.pid}${command}: wait for its end, or set CDKTF_OUTDIR to another folder; if that is another program, delete ${join(folder, FILE)}`,
    );
  }
}

function makeOutputFolder(folder: string): void {
  makeWritableFolder("the output folder (CDKTF_OUTDIR)", folder);
}

function userOf(folder: string): User | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, FILE), "utf8")) as User;
  } catch {
    return undefined; // not claimed, or half written by a process that was killed
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // another user's process
  }
}

function release(): void {
  for (const file of claimed) {
    rmSync(file, { force: true });
  }
}
