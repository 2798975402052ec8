import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { BARE_ENVIRONMENT } from "../../bare-environment.ts";

export interface Outcome {
  readonly code: number | null;
  /** Standard output and standard error, interleaved. */
  readonly output: string;
}

/** Runs a script of tools/delivery/ as the buildspec does. */
export async function run(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../../tools/delivery", script), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...BARE_ENVIRONMENT, ...environment },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const [code] = await once(child, "close");
  return { code, output };
}
