import { randomBytes, randomInt } from "node:crypto";
import type { Container } from "../specs/container.ts";
import type { Service } from "../specs/services.ts";
import { type Figures, figuresOf } from "./process-figures.ts";
import type { Task } from "./task.ts";

/** One container of a task: a process here. */
export class ContainerProcess {
  readonly container: Container;
  readonly program: Task;
  readonly #task: EcsTask;
  readonly #number = randomInt(1e9, 1e10);
  #startedAt = new Date();

  constructor(task: EcsTask, container: Container, program: Task) {
    this.#task = task;
    this.container = container;
    this.program = program;
    program.on("up", () => {
      this.#startedAt = new Date();
    });
  }

  /** As Fargate names containers: the task's id, a hyphen and a number. */
  get id(): string {
    return `${this.#task.id}-${this.#number}`;
  }

  get startedAt(): Date {
    return this.#startedAt;
  }

  get running(): boolean {
    return this.program.pid !== undefined;
  }

  /** MiB that it may use, by its description; nothing holds a process to it. */
  get memoryLimit(): number {
    return this.container.memory ?? this.#task.service.size.memory;
  }

  /** What its process has used; nothing while there is none. */
  async figures(): Promise<Figures | undefined> {
    const { pid } = this.program;
    return pid === undefined ? undefined : figuresOf(pid);
  }
}

/**
 * A service's program and its sidecars as ECS sees them: one task. When the program is started again, ECS would call that
 * another task, and so it gets another id.
 */
export class EcsTask {
  readonly service: Service;
  /** The service's own first. */
  readonly containers: ContainerProcess[];
  readonly #main: ContainerProcess;
  #id = newId();

  constructor(service: Service, program: Task) {
    this.service = service;
    program.on("up", () => {
      this.#id = newId();
    });
    this.#main = new ContainerProcess(this, service.container, program);
    this.containers = [this.#main];
  }

  get id(): string {
    return this.#id;
  }

  get running(): boolean {
    return this.#main.running;
  }

  addSidecar(container: Container, program: Task): void {
    this.containers.push(new ContainerProcess(this, container, program));
  }
}

function newId(): string {
  return randomBytes(16).toString("hex");
}
