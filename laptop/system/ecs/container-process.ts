import { randomInt } from "node:crypto";
import type { Container } from "../../../model/container.ts";
import { type ProcessStats, processStats } from "../processes/process-stats.ts";
import type { Program } from "../processes/program.ts";

/** A container of a task; on the laptop, a process. */
export class ContainerProcess {
  readonly container: Container;
  readonly program: Program;
  readonly id: string;
  /** MiB, from the task definition. Processes are not limited to it. */
  readonly memoryLimit: number;
  #startedAt = new Date();

  /**
   * @param taskId ID of the container's task.
   * @param taskMemory MiB of the task.
   */
  constructor(taskId: string, taskMemory: number, container: Container, program: Program) {
    // Fargate's format: the task ID, a hyphen, and a number.
    this.id = `${taskId}-${randomInt(1e9, 1e10)}`;
    this.container = container;
    this.program = program;
    this.memoryLimit = container.memory ?? taskMemory;
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

  /** CPU time and memory of the process; undefined while there is none. */
  async stats(): Promise<ProcessStats | undefined> {
    const { pid } = this.program;
    return pid === undefined ? undefined : processStats(pid);
  }
}
