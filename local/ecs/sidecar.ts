import { on } from "node:events";
import { parseRecord } from "../logs/log-line.ts";
import { freePort } from "../processes/free-port.ts";
import type { Program } from "../processes/program.ts";

/**
 * Starts a sidecar on the port of its description, or on a free one when that is taken. Resolves once it listens; a program
 * that does not is kept on being started, for a service does without its sidecars. Rejects once the signal is given.
 * @param create Makes the program that is started; a second one when somebody else was quicker at the port.
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

/** The first record that a service logs says that it listens. */
async function listens(program: Program): Promise<boolean> {
  for await (const [line] of on(program, "line", { close: ["ended"] })) {
    if (parseRecord(line)) {
      return true;
    }
  }
  return false;
}
