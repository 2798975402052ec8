import { EventEmitter } from "node:events";
import type { Service } from "../../../model/service.ts";
import type { TargetGroup } from "../load-balancer/target-group.ts";
import { freePort } from "../processes/free-port.ts";
import { StartError } from "../start.ts";
import type { EcsTask, Host } from "./ecs-task.ts";
import { type EventKind, type ServiceEvent, ServiceEventLog } from "./service-events.ts";
import { TaskSet } from "./task-set.ts";

export interface EcsServiceOptions {
  readonly service: Service;
  readonly host: Host;
  /** Port, for a service that others call by its address instead of through the router. It has a single task. */
  readonly port?: number;
  /** Points the other services to a new port. The rollout is rolled back if this fails. */
  readonly moveTo?: (port: number) => Promise<void>;
}

interface EcsServiceEvents {
  event: [event: ServiceEvent];
}

/** Environment variables of a service's own container. */
export type Environment = Readonly<Record<string, string>>;

/** Thrown for a rollout that is rejected or rolled back; the message says why. */
export class RolloutError extends Error {
  override readonly name = "RolloutError";
}

/**
 * An ECS service: keeps a desired number of tasks running behind a target group of the router. Changes to its containers are
 * rolled out blue/green: a full second set of tasks takes over all requests at once, or not at all.
 */
export class EcsService extends EventEmitter<EcsServiceEvents> {
  readonly definition: Service;
  readonly #options: EcsServiceOptions;
  /** File of the tasks' program. */
  readonly #file: string;
  readonly #history = new ServiceEventLog();
  /** Number of revisions so far. */
  #revisions = 0;
  #serving: TaskSet;
  /** The new set until it serves requests, then the old set until it has stopped. */
  #other: TaskSet | undefined;
  #desired = 0;
  #rollingOut = false;
  #stopped = false;
  /** Sidecars start one at a time: starting costs CPU, and the first one should get the usual port. */
  #sidecars: Promise<unknown> = Promise.resolve();

  constructor(options: EcsServiceOptions) {
    super();
    const { name, image } = options.service.container;
    if (!("program" in image)) {
      throw new StartError(
        `${name} is a public image (${image.public}): the laptop runs only programs of this project`,
      );
    }
    this.definition = options.service;
    this.#options = options;
    this.#file = image.program;
    this.#serving = this.#newSet({}, options.port);
  }

  get name(): Service["name"] {
    return this.definition.name;
  }

  /** Target group that receives the service's requests. */
  get group(): TargetGroup {
    return this.#serving.group;
  }

  /** All tasks that have not stopped: the serving set first, each set from oldest to newest. */
  get tasks(): readonly EcsTask[] {
    return [...this.#serving.tasks, ...(this.#other?.tasks ?? [])];
  }

  /** Desired number of tasks. */
  get desired(): number {
    return this.#desired;
  }

  /** Environment of the service's own container in the serving tasks, without the variables that the host adds. */
  get environment(): Environment {
    return { ...this.definition.container.environment, ...this.#serving.definition.changes };
  }

  /** Revision of the serving tasks. */
  get revision(): number {
    return this.#serving.definition.revision;
  }

  /** True during a rollout. */
  get rollingOut(): boolean {
    return this.#rollingOut;
  }

  /** Recent events, oldest first. */
  get events(): readonly ServiceEvent[] {
    return this.#history.events;
  }

  /** Starts the first tasks. Resolves once all are healthy and have sidecars; throws a `StartError` if one cannot start. */
  async start(desired: number): Promise<void> {
    this.#desired = desired;
    this.#serving.scale(desired);
    await this.#serving.whenSteady();
    await this.#sidecars;
  }

  /**
   * Starts tasks, or stops the newest without failing a request.
   * @throws {RangeError} for an invalid number, or for more than one task of a service with a fixed port
   */
  scale(desired: number): void {
    const most = this.#options.port === undefined ? Infinity : 1;
    if (!Number.isInteger(desired) || desired < 0 || desired > most) {
      const expected = most === 1 ? "0 or 1, because its callers know a single address" : "a whole number, 0 or more";
      throw new RangeError(`the desired count of ${this.name} is ${desired}: expected ${expected}`);
    }
    if (desired !== this.#desired && !this.#stopped) {
      this.#note("scaled", `from ${this.#desired} to ${count(desired, "task")}`);
      this.#desired = desired;
      this.#serving.scale(desired);
      this.#other?.scale(desired);
    }
  }

  /** Drains and stops a task; another one replaces it. Resolves when the task has stopped. */
  async stopTask(id: string): Promise<void> {
    const task = this.#taskWith(id);
    await this.#setOf(task).dismiss(task, "it was stopped by hand");
  }

  /** Kills a task, as in a crash: its requests fail, and another task replaces it. */
  killTask(id: string): void {
    this.#taskWith(id).kill();
  }

  /**
   * Starts the same number of tasks with changed variables, moves all requests to them once all are healthy, and then stops
   * the previous tasks. Without changes, it replaces the tasks. Throws a {@link RolloutError} and leaves everything unchanged
   * if a task does not start, or if another rollout is in progress.
   */
  async rollOut(changes: Environment): Promise<void> {
    this.#check(changes);
    this.#rollingOut = true;
    const blue = this.#serving;
    const port = this.#options.port === undefined ? undefined : await freePort();
    const green = this.#newSet({ ...blue.definition.changes, ...changes }, port);
    const name = `rollout ${green.definition.revision}`;
    const assignments = Object.entries(changes).map((entry) => entry.join("="));
    const variables = assignments.length === 0 ? "" : ` with ${assignments.join(", ")}`;
    this.#note("rollout began", `${name} starts ${count(this.#desired, "task")}${variables}`);
    this.#other = green;
    try {
      green.scale(this.#desired);
      await green.whenSteady();
      this.#serving = green;
      this.#other = blue;
      this.#note("rollout switched", `${name} takes all requests`);
      if (port !== undefined) {
        await this.#options.moveTo?.(port);
      }
      await blue.stop(`${name} has taken over`);
      this.#note("rollout done", `${name} is done`);
    } catch (error) {
      this.#serving = blue;
      this.#other = green;
      const { message } = error as Error;
      this.#note("rollout rolled back", `${name} is rolled back: ${message}`);
      await green.stop(`${name} is rolled back`);
      throw new RolloutError(`${this.name}: ${name} was rolled back: ${message}`);
    } finally {
      this.#other = undefined;
      this.#rollingOut = false;
    }
    for (const task of green.tasks) {
      this.#startSidecars(task);
    }
  }

  /** Drains and stops all tasks permanently. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#serving, this.#other].map((set) => set?.stop("the service is stopping")));
  }

  #newSet(changes: Environment, port: number | undefined): TaskSet {
    this.#revisions += 1;
    const { service, host } = this.#options;
    const set = new TaskSet({ service, file: this.#file, revision: this.#revisions, changes }, host, port);
    return set
      .on("started", (task) => this.#follow(task))
      .on("dismissed", (task, reason) => this.#note("task draining", `ends: ${reason}`, task))
      .on("lost", (task, reason, followedIn) => {
        const next = this.#desired > 0 ? `; another starts in ${followedIn / 1000} s` : "";
        this.#note("task lost", `exited unexpectedly (${reason})${next}`, task);
      });
  }

  #follow(task: EcsTask): void {
    this.#note("task started", `started as process ${task.pid}`, task);
    task.on("status", (status) => {
      if (status === "RUNNING") {
        this.#note("task healthy", "is healthy", task);
        if (this.#serving.tasks.includes(task) && !this.#rollingOut) {
          this.#startSidecars(task);
        }
      }
    });
    task.on("ended", (reason, intentional) => {
      if (intentional) {
        this.#note("task ended", `ended with ${reason}`, task);
      }
    });
  }

  /** Starts sidecars last: the service works without them, and the old tasks may still hold their ports. */
  #startSidecars(task: EcsTask): void {
    this.#sidecars = this.#sidecars.then(() => task.startSidecars());
  }

  #check(changes: Environment): void {
    const known = Object.keys(this.definition.container.environment);
    const unknown = Object.keys(changes).find((variable) => !known.includes(variable));
    if (unknown !== undefined) {
      throw new RolloutError(`${this.name} has no variable ${unknown}: expected one of ${known.join(", ")}`);
    }
    if (this.#rollingOut || this.#stopped) {
      const reason = this.#stopped ? "it is being stopped" : "another rollout is in progress";
      throw new RolloutError(`${this.name} cannot be rolled out: ${reason}`);
    }
  }

  #taskWith(id: string): EcsTask {
    const task = this.tasks.find((candidate) => candidate.id === id);
    if (task === undefined) {
      const ids = this.tasks.map((candidate) => candidate.id).join(", ") || "none, because it has no tasks";
      throw new RangeError(`${this.name} has no task ${id}: expected one of ${ids}`);
    }
    return task;
  }

  #setOf(task: EcsTask): TaskSet {
    return this.#other?.tasks.includes(task) ? this.#other : this.#serving;
  }

  #note(kind: EventKind, what: string, task?: EcsTask): void {
    if (!this.#stopped) {
      this.emit("event", this.#history.add(kind, what, task?.id));
    }
  }
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}
