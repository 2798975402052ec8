import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { BackOff } from "./back-off.ts";
import { eachLine } from "./each-line.ts";

export interface ProgramOptions {
  readonly name: string;
  /** TypeScript file of the program, relative to the project root. */
  readonly file: string;
  /** The program's complete environment; it inherits none of the runner's variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Port on 127.0.0.1 for the program to listen on. */
  readonly port: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly drainSeconds: number;
  /** False to leave a process that ends unexpectedly stopped; it is restarted by default. */
  readonly restarts?: boolean;
  /** True to run with a lower priority. */
  readonly background?: boolean;
}

interface ProgramEvents {
  /** A process has started; it may not listen yet. */
  up: [];
  /** The process must receive no new requests: it is about to stop, or has ended. */
  down: [];
  /** A process has ended. Another starts after this many milliseconds; undefined if none does. */
  ended: [reason: string, followedIn: number | undefined];
  /** The process wrote a line. */
  line: [line: string];
}

const ROOT = join(import.meta.dirname, "../../..");

/** Module to preload into a program that must end with its parent process. Its standard input must be a pipe. */
export const PARENT_WATCHDOG = join(import.meta.dirname, "parent-watchdog.ts");

const PRELOADED = [join(ROOT, "tools/packages/fast-start.mjs"), PARENT_WATCHDOG].flatMap((module) => [
  "--import",
  module,
]);

/** A program of this project in its own process, which is restarted when it ends. */
export class Program extends EventEmitter<ProgramEvents> {
  readonly name: string;
  readonly port: number;
  readonly #options: ProgramOptions;
  readonly #backOff = new BackOff();
  #process: ChildProcess | undefined;
  /** True once a stop has been requested. */
  #stopRequested = false;
  #nextStart: NodeJS.Timeout | undefined;

  constructor(options: ProgramOptions) {
    super();
    this.name = options.name;
    this.port = options.port;
    this.#options = options;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Process ID; undefined if no process is running. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  start(): void {
    const { file, environment, port, restarts = true, background = false } = this.#options;
    const started = performance.now();
    const child = spawn(process.execPath, [...PRELOADED, join(ROOT, file)], {
      env: { ...environment, HOST: "127.0.0.1", PORT: String(port) },
      stdio: ["pipe", "pipe", "pipe"],
      // A separate process group: Ctrl-C reaches only the runner, which then stops its programs in order.
      detached: true,
    });
    this.#process = child;
    if (background && child.pid !== undefined) {
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    }
    for (const output of [child.stdout, child.stderr]) {
      eachLine(output, (line) => this.emit("line", line));
    }
    // For example, when the machine cannot start another process. The `close` event follows.
    child.on("error", (error) => this.emit("line", error.message));
    child.once("close", (code, signal) => {
      this.#process = undefined;
      this.emit("down");
      const followedIn = this.#stopRequested || !restarts ? undefined : this.#startLater(performance.now() - started);
      this.emit("ended", signal ?? `exit code ${code}`, followedIn);
    });
    this.emit("up");
  }

  /** Kills the process, as in a crash. */
  kill(): void {
    this.#process?.kill("SIGKILL");
  }

  /** Lets the process finish its work, and stops it permanently. */
  async stop(): Promise<void> {
    this.#stopRequested = true;
    clearTimeout(this.#nextStart);
    const child = this.#process;
    if (child === undefined) {
      return;
    }
    this.emit("down");
    const patience = setTimeout(() => child.kill("SIGKILL"), this.#options.drainSeconds * 1000);
    const ended = once(child, "close");
    child.kill("SIGTERM");
    await ended;
    clearTimeout(patience);
  }

  #startLater(lasted: number): number {
    const milliseconds = this.#backOff.after(lasted);
    this.#nextStart = setTimeout(() => this.start(), milliseconds);
    return milliseconds;
  }
}
