import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Emulator } from "../../../tools/emulator/emulator.ts";

/** Runs Terraform against the emulator in the folder of a synthesized stack. */
export async function terraform(cwd: string, { environment }: Pick<Emulator, "environment">, ...args: string[]) {
  const env = { ...process.env, ...environment, TF_IN_AUTOMATION: "1", TF_CLI_ARGS: "-no-color", TF_INPUT: "0" };
  const child = spawn("terraform", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { exitCode, output: stdout + stderr };
}
