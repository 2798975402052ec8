import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import type { Emulator } from "../emulator/emulator.ts";

/** Why there is no AWS CLI here, or undefined when there is one. */
export function whyNoAwsCli(): string | undefined {
  return spawnSync("aws", ["--version"]).error && "aws (the AWS CLI) not found";
}

/** What the AWS CLI answers when it asks an emulator. Rejects with what it complains of. */
export async function aws<Answer>({ environment }: Emulator, ...args: readonly string[]): Promise<Answer> {
  const { stdout } = await promisify(execFile)("aws", [...args, "--output", "json"], {
    env: { ...process.env, ...environment, AWS_DEFAULT_REGION: environment.AWS_REGION, AWS_PAGER: "" },
  });
  return JSON.parse(stdout || "null") as Answer;
}
