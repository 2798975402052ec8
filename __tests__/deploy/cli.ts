import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const ROOT = join(import.meta.dirname, "..", "..");

/** Where a run's output stays for a person to read, out of git. */
export const ARTIFACTS = join(ROOT, "artifacts", "deployment");

export interface Outcome {
  readonly code: number | null;
  /** What the command printed, errors in between. */
  readonly output: string;
}

/** Runs a command of deploy/ as a person does, without a terminal; what it prints is kept in `<log>.log`. */
export async function deploy(
  args: readonly string[],
  environment: Record<string, string>,
  log?: string,
): Promise<Outcome> {
  const command = spawn(process.execPath, [join(ROOT, "deploy", "main.ts"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  if (log !== undefined) {
    mkdirSync(ARTIFACTS, { recursive: true });
    const file = createWriteStream(join(ARTIFACTS, `${log}.log`));
    command.stdout.pipe(file, { end: false });
    command.stderr.pipe(file, { end: false });
    command.once("close", () => file.end());
  }
  const [[code], out, err] = await Promise.all([once(command, "close"), text(command.stdout), text(command.stderr)]);
  return { code, output: out + err };
}
