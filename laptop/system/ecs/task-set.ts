import { EventEmitter, once } from "node:events";
import { availableParallelism } from "node:os";
import { TargetGroup } from "../load-balancer/target-group.ts";
import { BackOff } from "../processes/back-off.ts";
import { freePort } from "../processes/free-port.ts";
import { START_LIMIT, started } from "../start.ts";
import { EcsTask, type Host, type TaskDefinition } from "./ecs-task.ts";

/** Maximum number of tasks that start at the same time: starting takes CPU that requests need too. */
const AT_ONCE = availableParallelism();

interface TaskSetEvents {
  /** A task has started; it emits its own further events. */
  started: [task: EcsTask];
  /** The status of a task changed, or a task was added. */
  changed: [];
  /** A task ended unexpectedly; another starts after this many milliseconds. */
  lost: [task: EcsTask, reason: string, followedIn: number];
  /** A task is being stopped, for this reason. */
  dismissed: [task: EcsTask, reason: string];
}

/** Tasks of one definition behind their own target group, kept at the desired count as ECS's scheduler does. */
export class TaskSet extends EventEmitter<TaskSetEvents> {
  readonly definition: TaskDefinition;
  readonly group: TargetGroup;
  readonly #host: Host;
  readonly #port: number | undefined;
  readonly #backOff = new BackOff();
  #tasks: readonly EcsTask[] = [];
  #desired = 0;
  /** Number of tasks waiting for a port. */
  #placing = 0;
  /** Reason for stopping surplus tasks. */
  #surplus = "fewer tasks are wanted";
  /** No task starts before this fires. */
  #wait: NodeJS.Timeout | undefined;

  /** @param port Port shared by all tasks, which therefore run one at a time. By default each task has its own. */
  constructor(definition: TaskDefinition, host: Host, port?: number) {
    super();
    this.definition = definition;
    this.group = new TargetGroup(definition.service.health);
    this.#host = host;
    this.#port = port;
  }

  /** All tasks that have not stopped, oldest first. */
  get tasks(): readonly EcsTask[] {
    return this.#tasks;
  }

  /** Starts tasks, or drains and stops the newest. */
  scale(desired: number): void {
    this.#desired = desired;
    this.#reconcile();
  }

  /** Resolves once the desired number of tasks is healthy. Throws a `StartError` if one cannot start. */
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

  /** Stops all tasks permanently. */
  async stop(reason: string): Promise<void> {
    clearTimeout(this.#wait);
    this.#surplus = reason;
    this.scale(0);
    await Promise.all(this.#tasks.map((task) => task.stop()));
  }

  /** Stops a task; another replaces it if it is still desired. */
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
    // Two tasks cannot share a port: the next one waits until the previous one has stopped.
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
    task.on("ended", (reason, intentional) => {
      if (!intentional) {
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
