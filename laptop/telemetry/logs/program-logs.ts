import { join } from "node:path";
import type { EcsTask } from "../../system/ecs/ecs-task.ts";
import { type LogLine, readLine, shortLine } from "../../system/processes/log-line.ts";
import type { Program } from "../../system/processes/program.ts";
import { LogFile } from "./log-file.ts";
import type { LogStore } from "./log-store.ts";

export interface ProgramLogsOptions {
  readonly folder: string;
  /** Store that the console searches; undefined without observability. */
  readonly store: LogStore | undefined;
  /** Ships a line of a task's program to the log search; undefined without one. */
  readonly ship: ((task: EcsTask, program: string, line: string) => void) | undefined;
  /** Prints a line for the person at the terminal. */
  readonly print: (line: string) => void;
  /** Consumes a line of measurements, which is not logged; returns false for any other line. */
  readonly takeMeasurements: (line: string) => boolean;
}

/** Log output of all programs: every line goes to the program's file and to the store, and the useful ones to the terminal. */
export class ProgramLogs {
  readonly #options: ProgramLogsOptions;
  readonly #files = new Map<string, LogFile>();

  constructor(options: ProgramLogsOptions) {
    this.#options = options;
  }

  /**
   * Logs all further output of a program. For a sidecar, only warnings and errors are printed.
   * @param task The program's task.
   */
  follow(program: Program, task?: EcsTask): void {
    const { store, ship, takeMeasurements } = this.#options;
    const { name } = program;
    const isSidecar = task !== undefined && task.service.name !== name;
    const file = this.#fileOf(name);
    program.on("line", (text) => {
      if (takeMeasurements(text)) {
        return;
      }
      const line = readLine(text);
      file.append(text);
      store?.add({ program: name, task: task?.id }, line);
      if (task) {
        ship?.(task, name, text);
      }
      if (isSidecar ? line.trouble : !line.healthCheck) {
        this.#print(name, line, task);
      }
    });
    program.on("ended", (reason, restartsIn) => {
      if (restartsIn !== undefined) {
        this.#print(name, readLine(`ended unexpectedly (${reason}); restarts in ${restartsIn / 1000} s`), task);
      }
    });
  }

  /** Prints a message about a service to the terminal. */
  announce(service: string, message: string): void {
    this.#print(service, readLine(message));
  }

  close(): void {
    for (const file of this.#files.values()) {
      file.close();
    }
  }

  #print(name: string, line: LogLine, task?: EcsTask): void {
    this.#options.print(shortLine(name, line, task?.id));
  }

  /** Returns the file of a program name, which all tasks of a service share. */
  #fileOf(name: string): LogFile {
    const file = this.#files.get(name) ?? new LogFile(join(this.#options.folder, `${name}.log`));
    this.#files.set(name, file);
    return file;
  }
}
