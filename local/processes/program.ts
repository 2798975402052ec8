import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { BackOff } from "./back-off.ts";

export interface ProgramOptions {
  readonly name: string;
  /** TypeScript file of the program, from the project's root. */
  readonly file: string;
  /** All of the program's environment: nothing of the runner's own reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Port on 127.0.0.1 that the program is told to listen on. */
  readonly port: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly drainSeconds: number;
  /** Whether a process that ends by itself is followed by another; it is unless this says false. */
  readonly restarts?: boolean;
  /** Whether other programs go first where processors are scarce. */
  readonly background?: boolean;
}

interface ProgramEvents {
  /** A process has been started; it may not listen yet. */
  up: [];
  /** The process should get nothing new: it is about to be stopped, or has ended. */
  down: [];
  /** A process has ended; it may be followed by another, so many milliseconds later. */
  ended: [reason: string, followedIn: number | undefined];
  /** The process wrote a line. */
  line: [line: string];
}

const ROOT = join(import.meta.dirname, "../..");

/** Module to import ahead of a program that is to end with who started it, given a pipe as its standard input. */
export const LEASH = join(import.meta.dirname, "leash.ts");

/** A program of this project as a process of its own, kept running: when its process ends, another is started. */
export class Program extends EventEmitter<ProgramEvents> {
  readonly name: string;
  readonly port: number;
  readonly #options: ProgramOptions;
  readonly #backOff = new BackOff();
  #process: ChildProcess | undefined;
  /** Whether the process has been told to end. */
  #told = false;
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

  /** Process id of the running process, if there is one. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  start(): void {
    const { file, environment, port, restarts = true, background = false } = this.#options;
    const started = performance.now();
    const child = spawn(process.execPath, ["--import", LEASH, join(ROOT, file)], {
      env: { ...environment, HOST: "127.0.0.1", PORT: String(port) },
      stdio: ["pipe", "pipe", "pipe"],
      // A group of its own: Ctrl-C reaches the runner alone, which then stops its programs in order.
      detached: true,
    });
    this.#process = child;
    if (background && child.pid !== undefined) {
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    }
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on("line", (line) => this.emit("line", line));
    }
    // The machine has no room for another process, say; the end of this one is told below.
    child.on("error", (error) => this.emit("line", error.message));
    child.once("close", (code, signal) => {
      this.#process = undefined;
      this.emit("down");
      const followedIn = this.#told || !restarts ? undefined : this.#startLater(performance.now() - started);
      this.emit("ended", signal ?? `exit code ${code}`, followedIn);
    });
    this.emit("up");
  }

  /** Ends the process as a crash would. */
  kill(): void {
    this.#process?.kill("SIGKILL");
  }

  /** Has the process finish what is under way, for good. */
  async stop(): Promise<void> {
    this.#told = true;
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
