import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import type { Emulator } from "../tools/emulator/emulator.ts";

/** Explains why the AWS CLI is unavailable; undefined when it is installed. */
export function awsCliProblem(): string | undefined {
  return spawnSync("aws", ["--version"]).error && "aws (the AWS CLI) not found";
}

/** Runs the AWS CLI against an emulator and resolves with its output. Rejects with its error message. */
export async function aws<Answer>({ environment }: Emulator, ...args: readonly string[]): Promise<Answer> {
  const { stdout } = await promisify(execFile)("aws", [...args, "--output", "json"], {
    env: { ...process.env, ...environment, AWS_PAGER: "" },
  });
  return JSON.parse(stdout || "null") as Answer;
}
