import { spawn } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import { text } from "node:stream/consumers";
import type { ExecutionContext } from "ava";
import { SharedProvider } from "../../../tools/deploy/shared-provider.ts";
import type { Emulator } from "../../../tools/emulator/emulator.ts";
import { useOnlyEmulator } from "../../../tools/emulator/environment.ts";

interface Finished {
  readonly exitCode: number | null;
  /** Standard output, then standard error. */
  readonly output: string;
}

/** Returns a function that runs Terraform in the folder of a stack. After `init`, all runs share one process of the provider. */
export function terraformIn(t: ExecutionContext, { endpoint }: Emulator, directory: string) {
  useOnlyEmulator(endpoint);
  const provider = new SharedProvider(directory);
  t.teardown(() => provider[Symbol.asyncDispose]());
  return async (...args: string[]): Promise<Finished> => {
    const attachment = args[0] === "init" ? {} : await provider.attach({ name: basename(directory), directory }, []);
    const env = { ...process.env, ...attachment, TF_IN_AUTOMATION: "1", TF_CLI_ARGS: "-no-color", TF_INPUT: "0" };
    const child = spawn("terraform", args, { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"] });
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close") as Promise<[number | null]>,
    ]);
    return { exitCode, output: stdout + stderr };
  };
}
