import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface TaskOptions {
  readonly name: string;
  /** TypeScript file of the program, from the project's root. */
  readonly program: string;
  /** All of the program's environment: nothing of the runner's own reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Port on 127.0.0.1 that the program is told to listen on. */
  readonly port: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly drainSeconds: number;
}

interface TaskEvents {
  /** A process has been started; it may not listen yet. */
  up: [];
  /** The process should get nothing new: it is about to be stopped, or has ended. */
  down: [];
  /** A process has ended; one that was not told to is followed by another, so many milliseconds later. */
  ended: [reason: string, followedIn: number | undefined];
  /** The process wrote a line. */
  line: [line: string];
}

const ROOT = join(import.meta.dirname, "..");
const LEASH = join(import.meta.dirname, "leash.ts");

/** Milliseconds before a program that ended by itself is started again: doubled at each ending, up to `longest`. */
const BACK_OFF = { first: 250, longest: 8_000, forgottenAfter: 10_000 };

/** A program that is kept running, as ECS keeps its tasks: when its process ends, another is started. */
export class Task extends EventEmitter<TaskEvents> {
  readonly name: string;
  readonly port: number;
  readonly #options: TaskOptions;
  #process: ChildProcess | undefined;
  /** Whether the process has been told to end. */
  #told = false;
  #stopped = false;
  #backOff = BACK_OFF.first;
  #nextStart: NodeJS.Timeout | undefined;

  constructor(options: TaskOptions) {
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
    clearTimeout(this.#nextStart);
    const { program, environment, port } = this.#options;
    const started = performance.now();
    const child = spawn(process.execPath, ["--import", LEASH, join(ROOT, program)], {
      env: { ...environment, HOST: "127.0.0.1", PORT: String(port) },
      stdio: ["pipe", "pipe", "pipe"],
      // A group of its own: Ctrl-C reaches the runner alone, which then stops its tasks in order.
      detached: true,
    });
    this.#process = child;
    this.#told = false;
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on("line", (line) => this.emit("line", line));
    }
    child.once("close", (code, signal) => {
      this.#process = undefined;
      this.emit("down");
      const followedIn = this.#told ? undefined : this.#startLater(performance.now() - started);
      this.emit("ended", signal ?? `exit code ${code}`, followedIn);
    });
    this.emit("up");
  }

  /** Has the process finish what is under way, and starts another. Resolves when that one is started. */
  async restart(): Promise<void> {
    await this.#end();
    if (!this.#stopped) {
      this.start();
    }
  }

  /** Ends the process as a crash would; another is started after the back-off. */
  kill(): void {
    this.#process?.kill("SIGKILL");
  }

  /** Has the process finish what is under way, for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#nextStart);
    await this.#end();
  }

  async #end(): Promise<void> {
    const child = this.#process;
    if (child === undefined) {
      return;
    }
    this.#told = true;
    this.emit("down");
    const patience = setTimeout(() => child.kill("SIGKILL"), this.#options.drainSeconds * 1000);
    const ended = once(child, "close");
    child.kill("SIGTERM");
    await ended;
    clearTimeout(patience);
  }

  #startLater(lasted: number): number {
    if (lasted > BACK_OFF.forgottenAfter) {
      this.#backOff = BACK_OFF.first;
    }
    const milliseconds = this.#backOff;
    this.#backOff = Math.min(this.#backOff * 2, BACK_OFF.longest);
    this.#nextStart = setTimeout(() => this.start(), milliseconds);
    return milliseconds;
  }
}
