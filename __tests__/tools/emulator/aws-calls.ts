import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Emulator, startEmulator } from "../../../tools/emulator/emulator.ts";

export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly params?: unknown;
  /** Name under which later calls refer to the response. */
  readonly as?: string;
}

export interface Response {
  readonly result?: unknown;
  readonly code?: string;
  readonly message?: string;
  readonly status?: number;
}

/** Makes calls in order in an emulator of their own. */
export async function callAws(calls: readonly Call[]): Promise<readonly Response[]> {
  const emulator = await startEmulator();
  try {
    return await makeCalls(emulator, calls);
  } finally {
    await emulator.stop();
  }
}

/** Makes calls in order with boto3. */
export async function makeCalls({ endpoint }: Emulator, calls: readonly Call[]): Promise<readonly Response[]> {
  const boto = spawn("python3", [join(import.meta.dirname, "boto-calls.py"), endpoint]);
  boto.stdin.end(JSON.stringify(calls));
  const [output, complaints, [status]] = await Promise.all([
    text(boto.stdout),
    text(boto.stderr),
    once(boto, "close") as Promise<[number]>,
  ]);
  if (status !== 0) {
    throw new Error(`boto-calls.py exited with ${status}: ${complaints}`);
  }
  return JSON.parse(output);
}
