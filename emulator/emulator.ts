import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { emulatorEnvironment, withoutAws } from "./environment.ts";

const PORT_TAKEN = 98;
const STOP_MILLISECONDS = 5000;

export interface Emulator {
  /** Address of every AWS service at once, such as `http://127.0.0.1:5000`. */
  readonly endpoint: string;
  /** What an AWS client needs in its environment; see `emulatorEnvironment`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Settles when the emulator ended by itself; its state is gone then. */
  readonly ended: Promise<void>;
  /** Ends the emulator and everything it holds. */
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /** Port on 127.0.0.1; a free one when left out. */
  readonly port?: number;
  /** Where the emulator's complaints go, such as an action of AWS it does not know. Default: standard error. */
  readonly log?: Writable;
}

/** Starts an AWS emulator (moto, with its gaps filled) that begins empty. Throws when moto is missing or the port is taken. */
export async function startEmulator({ port = 0, log = process.stderr }: EmulatorOptions = {}): Promise<Emulator> {
  const missing = findMoto();
  if (missing !== undefined) {
    throw new Error(missing);
  }
  const server = spawn("python3", [join(import.meta.dirname, "server.py"), "--port", String(port)], {
    stdio: ["pipe", "pipe", "pipe"],
    // A profile that the shell names and nobody has would keep it from starting.
    env: { ...withoutAws(process.env), PYTHONDONTWRITEBYTECODE: "1" },
  });
  server.stderr.pipe(log, { end: false });
  const ended = once(server, "exit").then(() => {});
  const endpoint = `http://127.0.0.1:${await portOf(server, port)}`;
  return { endpoint, environment: emulatorEnvironment(endpoint), ended, stop: () => stop(server, ended) };
}

/** Why the emulator cannot start on this machine, or undefined when it can. */
export function findMoto(): string | undefined {
  const found = spawnSync("python3", ["-c", "import moto.server"], { encoding: "utf8" });
  if (found.error !== undefined) {
    return "the AWS emulator needs Python 3: no python3 on the PATH";
  }
  if (found.status !== 0) {
    return "the AWS emulator needs moto: pip install -r emulator/requirements.txt";
  }
  return undefined;
}

/** The port is told by the very process that listens on it, so no other server can be taken for it. */
async function portOf(server: ChildProcess & { stdout: NodeJS.ReadableStream }, wanted: number): Promise<number> {
  for await (const line of createInterface({ input: server.stdout })) {
    const [, port] = /^ready (\d+)$/.exec(line) ?? [];
    if (port !== undefined) {
      return Number(port);
    }
  }
  const code = server.exitCode ?? (await once(server, "exit"))[0];
  throw new Error(
    code === PORT_TAKEN
      ? `port ${wanted} is taken: name another with --port, or stop what listens there`
      : `the AWS emulator ended with code ${code} before it was ready`,
  );
}

async function stop(server: ChildProcess, ended: Promise<void>): Promise<void> {
  server.stdin?.end();
  const patience = setTimeout(() => server.kill("SIGKILL"), STOP_MILLISECONDS);
  await ended;
  clearTimeout(patience);
}
