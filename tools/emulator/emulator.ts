import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { emulatorEnvironment, withoutAws } from "./environment.ts";

const PORT_TAKEN = 98;
const STOP_MILLISECONDS = 5000;

export interface Emulator {
  /** Endpoint of all AWS services, such as `http://127.0.0.1:5000`. */
  readonly endpoint: string;
  /** Environment variables for AWS clients; see `emulatorEnvironment`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Settles when the emulator has exited; its state is lost then. */
  readonly ended: Promise<void>;
  /** Stops the emulator and discards its state. */
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /** Port on 127.0.0.1; a free port when omitted. */
  readonly port?: number;
  /** Destination of the emulator's warnings, such as unknown AWS actions. Default: standard error. */
  readonly log?: Writable;
}

/** Starts an empty AWS emulator (moto with its gaps filled). Throws when moto is missing or the port is in use. */
export async function startEmulator({ port = 0, log = process.stderr }: EmulatorOptions = {}): Promise<Emulator> {
  const missing = motoProblem();
  if (missing !== undefined) {
    throw new Error(missing);
  }
  const server = spawn("python3", [join(import.meta.dirname, "server.py"), "--port", String(port)], {
    stdio: ["pipe", "pipe", "pipe"],
    // AWS_PROFILE with a profile that does not exist would keep it from starting.
    env: { ...withoutAws(process.env), PYTHONDONTWRITEBYTECODE: "1" },
  });
  server.stderr.pipe(log, { end: false });
  const ended = once(server, "exit").then(() => {});
  const endpoint = `http://127.0.0.1:${await portOf(server, port)}`;
  return { endpoint, environment: emulatorEnvironment(endpoint), ended, stop: () => stop(server, ended) };
}

/**
 * Prints the version of moto, without the time that its import takes. Without moto, or a package that only its server needs, it
 * prints nothing.
 */
const FIND_MOTO = `
from importlib.metadata import version
from importlib.util import find_spec
print(version("moto") if all(map(find_spec, ("moto", "flask_cors"))) else "")
`;

const REQUIREMENTS = "tools/emulator/requirements.txt";

/** Explains why the emulator cannot start on this machine; undefined when it can. */
export function motoProblem(): string | undefined {
  const found = spawnSync("python3", ["-c", FIND_MOTO], { encoding: "utf8" });
  if (found.error !== undefined) {
    return "the AWS emulator needs Python 3: no python3 on the PATH";
  }
  const version = found.stdout.trim();
  if (version === "") {
    return `the AWS emulator needs moto: pip install -r ${REQUIREMENTS}`;
  }
  const required = requiredMoto();
  return version === required
    ? undefined
    : `the AWS emulator needs moto ${required}, found ${version}: pip install -r ${REQUIREMENTS}`;
}

/** The only version whose gaps are known. */
function requiredMoto(): string | undefined {
  const requirements = readFileSync(join(import.meta.dirname, "requirements.txt"), "utf8");
  return /^moto\[.*\]==(.*)$/m.exec(requirements)?.[1];
}

/** Reads the port from the output of the process that listens on it, so that no other server can be mistaken for it. */
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
      ? `port ${wanted} is already in use: choose another with --port, or stop the process that uses it`
      : `the AWS emulator exited with code ${code} before it was ready`,
  );
}

async function stop(server: ChildProcess, ended: Promise<void>): Promise<void> {
  server.stdin?.end();
  const timer = setTimeout(() => server.kill("SIGKILL"), STOP_MILLISECONDS);
  await ended;
  clearTimeout(timer);
}
