import { randomInt } from "node:crypto";
import type { Container } from "../../specs/container.ts";
import { type Figures, figuresOf } from "../processes/process-figures.ts";
import type { Program } from "../processes/program.ts";
import type { EcsTask } from "./ecs-task.ts";

/** One container of a task: a process here. */
export class ContainerProcess {
  readonly container: Container;
  readonly program: Program;
  readonly id: string;
  /** MiB that it may use, by its description; nothing holds a process to it. */
  readonly memoryLimit: number;
  #startedAt = new Date();

  constructor(task: EcsTask, container: Container, program: Program) {
    // As Fargate names containers: the task's id, a hyphen and a number.
    this.id = `${task.id}-${randomInt(1e9, 1e10)}`;
    this.container = container;
    this.program = program;
    this.memoryLimit = container.memory ?? task.service.size.memory;
    program.on("up", () => {
      this.#startedAt = new Date();
    });
  }

  get startedAt(): Date {
    return this.#startedAt;
  }

  get running(): boolean {
    return this.program.pid !== undefined;
  }

  /** What its process has used; nothing while there is none. */
  async figures(): Promise<Figures | undefined> {
    const { pid } = this.program;
    return pid === undefined ? undefined : figuresOf(pid);
  }
}
