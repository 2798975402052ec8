import { join } from "node:path";
import type { EcsService } from "./ecs-service.ts";
import type { EcsTask } from "./ecs-task.ts";
import { LogFile } from "./log-file.ts";
import { isHealthCheck, shortLine } from "./log-line.ts";
import type { Observability } from "./observability.ts";
import type { Program } from "./program.ts";
import { hasTableFigures } from "./table-meter.ts";

/** What programs write: all of it goes to the program's file and to those who watch, and to a person what is worth reading. */
export class Logs {
  readonly #folder: string;
  readonly #observability: Observability | undefined;
  readonly #print: (line: string) => void;
  readonly #files = new Map<string, LogFile>();

  constructor(folder: string, observability: Observability | undefined, print: (line: string) => void) {
    this.#folder = folder;
    this.#observability = observability;
    this.#print = print;
  }

  /** @param healthPath Checks of it are not printed: several a minute would bury the rest. */
  keep(program: Program, healthPath: string, task?: EcsTask): void {
    const { name } = program;
    const file = this.#fileOf(name);
    program.on("line", (line) => {
      this.#observability?.keep({ program: name, task: task?.id }, line);
      if (hasTableFigures(line)) {
        return;
      }
      file.append(line);
      if (!isHealthCheck(line, healthPath)) {
        this.#print(shortLine(name, line, task?.id));
      }
    });
    program.on("ended", (reason, followedIn) => {
      if (followedIn !== undefined) {
        this.#print(shortLine(name, `ended by itself (${reason}); another starts in ${followedIn / 1000} s`, task?.id));
      }
    });
  }

  /** Prints what happens to a service; what its tasks write is not among it. */
  tell(service: EcsService): void {
    service.on("event", ({ kind, message }) => {
      if (kind !== "task started") {
        this.#print(shortLine(service.name, message));
      }
    });
  }

  close(): void {
    for (const file of this.#files.values()) {
      file.close();
    }
  }

  /** One for all tasks of a service. */
  #fileOf(name: string): LogFile {
    const file = this.#files.get(name) ?? new LogFile(join(this.#folder, `${name}.log`));
    this.#files.set(name, file);
    return file;
  }
}
