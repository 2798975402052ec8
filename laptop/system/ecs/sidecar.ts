import { on } from "node:events";
import { freePort } from "../processes/free-port.ts";
import { parseRecord } from "../processes/log-line.ts";
import type { Program } from "../processes/program.ts";

/**
 * Starts a sidecar on the port of its definition, or on a free port if that one is in use. Resolves once it listens. A program
 * that fails to listen is restarted indefinitely, because the service works without it. Rejects when the signal is aborted.
 * @param create Creates the program; called again if another program has taken the port.
 */
export async function startSidecar(
  create: (port: number) => Program,
  preferred: number,
  signal: AbortSignal,
): Promise<Program> {
  const port = await freePort(preferred);
  signal.throwIfAborted();
  const program = create(port);
  program.start();
  if ((await listens(program)) || preferred === 0) {
    return program;
  }
  await program.stop();
  return startSidecar(create, 0, signal);
}

/** A service's first log record reports that it is listening. */
async function listens(program: Program): Promise<boolean> {
  for await (const [line] of on(program, "line", { close: ["ended"] })) {
    if (parseRecord(line)) {
      return true;
    }
  }
  return false;
}
