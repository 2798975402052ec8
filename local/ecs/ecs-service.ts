import { EventEmitter } from "node:events";
import type { Service } from "../../specs/services.ts";
import type { TargetGroup } from "../load-balancer/target-group.ts";
import { freePort } from "../processes/free-port.ts";
import { StartError } from "../start.ts";
import type { EcsTask, Host } from "./ecs-task.ts";
import { type EventKind, History, type ServiceEvent } from "./service-events.ts";
import { TaskSet } from "./task-set.ts";

export interface EcsServiceOptions {
  readonly service: Service;
  readonly host: Host;
  /** Where it listens, if others find it by its address instead of through the router. Such a service has a single task. */
  readonly port?: number;
  /** Leads those others to another port. When that fails, the roll-out that asked for it is taken back. */
  readonly moveTo?: (port: number) => Promise<void>;
}

interface EcsServiceEvents {
  event: [event: ServiceEvent];
}

/** Variables of a service's own container. */
export type Environment = Readonly<Record<string, string>>;

/** Thrown for a roll-out that does not happen, or is taken back; the message says why. */
export class RollOutError extends Error {
  override readonly name = "RollOutError";
}

/**
 * A service as ECS keeps it: a desired number of tasks, behind a target group that the router sends its requests to. What
 * changes its containers comes as a roll-out, blue/green: a full second set of tasks takes over at once, or not at all.
 */
export class EcsService extends EventEmitter<EcsServiceEvents> {
  readonly description: Service;
  readonly #options: EcsServiceOptions;
  /** Where the tasks' program is. */
  readonly #file: string;
  readonly #history = new History();
  /** Revisions that there have been. */
  #revisions = 0;
  #serving: TaskSet;
  /** The set of a roll-out until it serves, or the one before it until it has ended. */
  #other: TaskSet | undefined;
  #desired = 0;
  #rollingOut = false;
  #stopped = false;
  /** Sidecars start one at a time: starting is work, and the first is to find its port free. */
  #sidecars: Promise<unknown> = Promise.resolve();

  constructor(options: EcsServiceOptions) {
    super();
    const { name, image } = options.service.container;
    if (!("program" in image)) {
      throw new StartError(
        `${name} is a public image (${image.public}): the laptop runs only programs of this project`,
      );
    }
    this.description = options.service;
    this.#options = options;
    this.#file = image.program;
    this.#serving = this.#newSet({}, options.port);
  }

  get name(): Service["name"] {
    return this.description.name;
  }

  /** Where the router is to send the service's requests now. */
  get group(): TargetGroup {
    return this.#serving.group;
  }

  /** All tasks that are not gone; those that serve come first, oldest first. */
  get tasks(): readonly EcsTask[] {
    return [...this.#serving.tasks, ...(this.#other?.tasks ?? [])];
  }

  /** Tasks that there should be. */
  get desired(): number {
    return this.#desired;
  }

  /** What the tasks that serve have in the environment of the service's own container, without what the machine adds. */
  get environment(): Environment {
    return { ...this.description.container.environment, ...this.#serving.definition.changes };
  }

  /** Revision of the tasks that requests go to. */
  get revision(): number {
    return this.#serving.definition.revision;
  }

  /** Whether a roll-out is under way. */
  get rollingOut(): boolean {
    return this.#rollingOut;
  }

  /** What happened last, oldest first. */
  get events(): readonly ServiceEvent[] {
    return this.#history.events;
  }

  /** Starts the first tasks. Resolves once all take requests and have their sidecars; throws a `StartError` when one cannot start. */
  async start(desired: number): Promise<void> {
    this.#desired = desired;
    this.#serving.scale(desired);
    await this.#serving.whenSteady();
    await this.#sidecars;
  }

  /**
   * Starts tasks or ends some, without a failed request; the newest go first.
   * @throws {RangeError} for a number that is none, or more than one of a service with a port of its own
   */
  scale(desired: number): void {
    const most = this.#options.port === undefined ? Infinity : 1;
    if (!Number.isInteger(desired) || desired < 0 || desired > most) {
      const expected = most === 1 ? "0 or 1, for it is found by its address" : "a whole number, 0 or more";
      throw new RangeError(`tasks of ${this.name} are ${desired}: expected ${expected}`);
    }
    if (desired !== this.#desired && !this.#stopped) {
      this.#note("scaled", `from ${this.#desired} to ${count(desired, "task")}`);
      this.#desired = desired;
      this.#serving.scale(desired);
      this.#other?.scale(desired);
    }
  }

  /** Takes a task out of service, lets it finish and ends it; another takes its place. Resolves when it is gone. */
  async stopTask(id: string): Promise<void> {
    const task = this.#taskWith(id);
    await this.#setOf(task).dismiss(task, "somebody stopped it");
  }

  /** Ends a task as a crash would: what it has under way fails. Another takes its place. */
  killTask(id: string): void {
    this.#taskWith(id).kill();
  }

  /**
   * Starts as many tasks with other variables, moves all requests to them at once when all of them are healthy, and then
   * ends those of before. Without changes it renews the tasks. Throws a {@link RollOutError}, with all as it was, when one
   * of them does not start, or another roll-out is under way.
   */
  async rollOut(changes: Environment): Promise<void> {
    this.#check(changes);
    this.#rollingOut = true;
    const blue = this.#serving;
    const port = this.#options.port === undefined ? undefined : await freePort();
    const green = this.#newSet({ ...blue.definition.changes, ...changes }, port);
    const name = `roll-out ${green.definition.revision}`;
    const told = Object.entries(changes).map((entry) => entry.join("="));
    this.#note("roll-out began", [`${name} starts ${count(this.#desired, "task")}`, ...told].join(" "));
    this.#other = green;
    try {
      green.scale(this.#desired);
      await green.whenSteady();
      this.#serving = green;
      this.#other = blue;
      this.#note("roll-out switched", `${name} takes all requests`);
      if (port !== undefined) {
        await this.#options.moveTo?.(port);
      }
      await blue.stop(`${name} has taken over`);
      this.#note("roll-out done", `${name} is done`);
    } catch (error) {
      this.#serving = blue;
      this.#other = green;
      const { message } = error as Error;
      this.#note("roll-out taken back", `${name} is taken back: ${message}`);
      await green.stop(`${name} is taken back`);
      throw new RollOutError(`${this.name}: ${name} was taken back: ${message}`);
    } finally {
      this.#other = undefined;
      this.#rollingOut = false;
    }
    for (const task of green.tasks) {
      this.#startSidecars(task);
    }
  }

  /** Ends all tasks, each with what it has under way finished, for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#serving, this.#other].map((set) => set?.stop("everything stops")));
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
        this.#note("task lost", `ended by itself (${reason})${next}`, task);
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
    task.on("ended", (reason, told) => {
      if (told) {
        this.#note("task ended", `ended with ${reason}`, task);
      }
    });
  }

  /** They come last: the service does without them, and until then those of before may have the ports. */
  #startSidecars(task: EcsTask): void {
    this.#sidecars = this.#sidecars.then(() => task.startSidecars());
  }

  #check(changes: Environment): void {
    const known = Object.keys(this.description.container.environment);
    const unknown = Object.keys(changes).find((variable) => !known.includes(variable));
    if (unknown !== undefined) {
      throw new RollOutError(`${this.name} has no variable ${unknown}: expected one of ${known.join(", ")}`);
    }
    if (this.#rollingOut || this.#stopped) {
      const reason = this.#stopped ? "it is being stopped" : "another roll-out is under way";
      throw new RollOutError(`${this.name} cannot be rolled out: ${reason}`);
    }
  }

  #taskWith(id: string): EcsTask {
    const task = this.tasks.find((candidate) => candidate.id === id);
    if (task === undefined) {
      const ids = this.tasks.map((candidate) => candidate.id).join(", ") || "none, for there is no task";
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
