import { join } from "node:path";
import type { AutoScaler } from "../ecs/auto-scaler.ts";
import type { EcsService } from "../ecs/ecs-service.ts";
import type { EcsTask } from "../ecs/ecs-task.ts";
import type { Observability } from "../observability.ts";
import type { Program } from "../processes/program.ts";
import { hasTableFigures } from "../table/table-meter.ts";
import { LogFile } from "./log-file.ts";
import { type LogLine, readLine, shortLine } from "./log-line.ts";

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

  /** @param task The one that the program is part of. Of a sidecar, only trouble is printed. */
  keep(program: Program, task?: EcsTask): void {
    const { name } = program;
    const isSidecar = task !== undefined && task.service.name !== name;
    const file = this.#fileOf(name);
    const print = (line: LogLine) => this.#print(shortLine(name, line, task?.id));
    program.on("line", (text) => {
      if (hasTableFigures(text)) {
        this.#observability?.keepTableFigures(text);
        return;
      }
      const line = readLine(text);
      file.append(text);
      this.#observability?.logs.add({ program: name, task: task?.id }, line);
      if (isSidecar ? line.trouble : !line.healthCheck) {
        print(line);
      }
    });
    program.on("ended", (reason, followedIn) => {
      if (followedIn !== undefined) {
        print(readLine(`ended by itself (${reason}); another starts in ${followedIn / 1000} s`));
      }
    });
  }

  /** Prints what happens to a service and why; what its tasks write is not among it. */
  tell(service: EcsService, scaler: AutoScaler | undefined): void {
    const print = ({ message }: { readonly message: string }) =>
      this.#print(shortLine(service.name, readLine(message)));
    service.on("event", (event) => event.kind !== "task started" && print(event));
    scaler?.on("decision", print);
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
