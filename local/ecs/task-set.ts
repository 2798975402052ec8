import { EventEmitter, once } from "node:events";
import { availableParallelism } from "node:os";
import { TargetGroup } from "../load-balancer/target-group.ts";
import { BackOff } from "../processes/back-off.ts";
import { freePort } from "../processes/free-port.ts";
import { START_LIMIT, started } from "../start.ts";
import { EcsTask, type Host, type TaskDefinition } from "./ecs-task.ts";

/** Tasks that start at the same time: starting is work for a processor, and requests are waiting for one too. */
const AT_ONCE = availableParallelism();

interface TaskSetEvents {
  /** A task has been started; what becomes of it, it tells itself. */
  started: [task: EcsTask];
  /** A task's status is another, or a task has been added. */
  changed: [];
  /** A task has ended that nobody told to; another is started so many milliseconds later. */
  lost: [task: EcsTask, reason: string, followedIn: number];
  /** A task goes, for this reason. */
  dismissed: [task: EcsTask, reason: string];
}

/** Tasks of one definition behind a target group of their own, kept at a number as ECS's scheduler keeps them. */
export class TaskSet extends EventEmitter<TaskSetEvents> {
  readonly definition: TaskDefinition;
  readonly group: TargetGroup;
  readonly #host: Host;
  readonly #port: number | undefined;
  readonly #backOff = new BackOff();
  #tasks: readonly EcsTask[] = [];
  #desired = 0;
  /** Tasks that are waiting for a port. */
  #placing = 0;
  /** Why tasks go that are more than there should be. */
  #surplus = "fewer tasks are wanted";
  /** Until it fires, no task is started. */
  #wait: NodeJS.Timeout | undefined;

  /** @param port The one that every task listens on, and so one task at a time; each has its own when it is left out. */
  constructor(definition: TaskDefinition, host: Host, port?: number) {
    super();
    this.definition = definition;
    this.group = new TargetGroup(definition.service.health);
    this.#host = host;
    this.#port = port;
  }

  /** All that are not gone, oldest first. */
  get tasks(): readonly EcsTask[] {
    return this.#tasks;
  }

  /** Starts tasks, or takes the newest out of service and ends them. */
  scale(desired: number): void {
    this.#desired = desired;
    this.#reconcile();
  }

  /** Resolves once as many tasks as there should be take requests. Throws a `StartError` when one cannot start. */
  async whenSteady(): Promise<void> {
    await started(
      this.definition.service.name,
      async (signal) => {
        while (this.#tasks.filter(({ status }) => status === "RUNNING").length < this.#desired) {
          await once(this, "changed", { signal });
        }
      },
      async (signal) => {
        const [, reason] = await once(this, "lost", { signal });
        return `ended with ${reason}`;
      },
      START_LIMIT * Math.max(1, Math.ceil(this.#desired / AT_ONCE)),
    );
  }

  /** Ends all tasks for good. */
  async stop(reason: string): Promise<void> {
    clearTimeout(this.#wait);
    this.#surplus = reason;
    this.scale(0);
    await Promise.all(this.#tasks.map((task) => task.stop()));
  }

  /** Ends a task; another follows if there should be as many. */
  async dismiss(task: EcsTask, reason: string): Promise<void> {
    if (!task.leaving) {
      this.emit("dismissed", task, reason);
    }
    await task.stop();
  }

  #reconcile(): void {
    const staying = this.#tasks.filter(({ leaving }) => !leaving);
    for (const task of staying.slice(this.#desired)) {
      this.dismiss(task, this.#surplus);
    }
    // Two cannot listen on one port: there the next waits until the one before is gone.
    const taken = this.#port === undefined ? staying.length : this.#tasks.length;
    const missing = this.#desired - taken - this.#placing;
    const starting = this.#tasks.filter(({ status }) => status === "ACTIVATING").length + this.#placing;
    if (this.#wait === undefined) {
      for (let more = Math.min(missing, AT_ONCE - starting); more > 0; more -= 1) {
        this.#place();
      }
    }
  }

  async #place(): Promise<void> {
    this.#placing += 1;
    const port = this.#port ?? (await freePort());
    this.#placing -= 1;
    if (this.#tasks.filter(({ leaving }) => !leaving).length >= this.#desired) {
      return;
    }
    const task = new EcsTask(this.definition, this.#host, this.group, port);
    const began = performance.now();
    task.on("status", (status) => {
      if (status === "STOPPED") {
        this.#tasks = this.#tasks.filter((other) => other !== task);
      }
      this.emit("changed");
      this.#reconcile();
    });
    task.on("unhealthy", () => this.dismiss(task, "it fails its health checks"));
    task.on("ended", (reason, told) => {
      if (!told) {
        this.#lose(task, reason, performance.now() - began);
      }
    });
    this.#tasks = [...this.#tasks, task];
    task.start();
    this.emit("started", task);
  }

  #lose(task: EcsTask, reason: string, lasted: number): void {
    const milliseconds = this.#backOff.after(lasted);
    clearTimeout(this.#wait);
    this.#wait = setTimeout(() => {
      this.#wait = undefined;
      this.#reconcile();
    }, milliseconds);
    this.emit("lost", task, reason, milliseconds);
  }
}
