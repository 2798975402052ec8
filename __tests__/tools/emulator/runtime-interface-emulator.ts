import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort } from "../../../laptop/system/processes/free-port.ts";
import { type GoProgram, goProgram } from "../../go-program.ts";

/** AWS's Lambda Runtime Interface Emulator. */
export const RIE: GoProgram = {
  path: "github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie",
  version: "v0.0.0-20261030222936-bef5c4ba774d",
};
const RUNTIME = join(import.meta.dirname, "../../../tools/emulator/lambda-runtime.mjs");

export interface FunctionSettings {
  /** Folder with index.js. */
  readonly folder: string;
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts a function under AWS's Runtime Interface Emulator and returns its URL. Serves one request at a time. */
export async function startUnderRie(settings: FunctionSettings): Promise<{ url: string; stop(): Promise<void> }> {
  const rie = goProgram(RIE);
  const [port, api] = [await freePort(), await freePort()];
  const args = [
    "--runtime-interface-emulator-address",
    `127.0.0.1:${port}`,
    "--runtime-api-address",
    `127.0.0.1:${api}`,
  ];
  const child = spawn(rie, [...args, process.execPath, RUNTIME, "index.handler"], {
    cwd: settings.folder,
    env: {
      PATH: process.env.PATH ?? "",
      AWS_LAMBDA_FUNCTION_NAME: settings.name,
      AWS_LAMBDA_FUNCTION_TIMEOUT: String(settings.timeoutSeconds),
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      LAMBDA_TASK_ROOT: settings.folder,
      _HANDLER: "index.handler",
      ...settings.environment,
    },
    stdio: "ignore",
  });
  await listening(`http://127.0.0.1:${port}`, child);
  return {
    url: `http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`,
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function listening(origin: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    try {
      await fetch(origin);
      return;
    } catch {
      await setTimeout(50);
    }
  }
  throw new Error(`the Runtime Interface Emulator exited with ${child.exitCode}`);
}
