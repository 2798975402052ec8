import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Container } from "../../../model/container.ts";
import type { Service } from "../../../model/service.ts";
import type { TargetGroup } from "../load-balancer/target-group.ts";
import { Program } from "../processes/program.ts";
import { START_LIMIT } from "../start.ts";
import { ContainerProcess } from "./container-process.ts";
import { startSidecar } from "./sidecar.ts";

/** Machine that the tasks of a service run on. */
export interface Host {
  /** Additional environment variables of the service's own program. */
  readonly environment: Readonly<Record<string, string>>;
  /** True for sidecars on the ports of their definition if possible; false for free ports. */
  readonly knownPorts: boolean;
  /** Returns the additional environment variables of a sidecar. */
  sidecarEnvironment(task: EcsTask, sidecar: Container): Readonly<Record<string, string>>;
  /** Called with every program before it starts, to keep its output. */
  keep(program: Program, task: EcsTask): void;
}

/** Definition shared by the tasks of one revision. */
export interface TaskDefinition {
  readonly service: Service;
  /** TypeScript file of the service's program, relative to the project root. */
  readonly file: string;
  readonly revision: number;
  /** Variables of the service's own container that differ from its definition. */
  readonly changes: Readonly<Record<string, string>>;
}

/**
 * Status of a task, in ECS's terms: no process yet, not healthy yet, in service, draining, stopping, and stopped.
 * Source: "Task lifecycle" in the ECS Developer Guide.
 */
export type TaskStatus = "PENDING" | "ACTIVATING" | "RUNNING" | "DEACTIVATING" | "STOPPING" | "STOPPED";

interface EcsTaskEvents {
  status: [status: TaskStatus];
  /** The health checks fail, before or after the task was in service. */
  unhealthy: [];
  /** The service's own program has ended; `intentional` if it was stopped on purpose. */
  ended: [reason: string, intentional: boolean];
}

/** Seconds between SIGTERM and SIGKILL of a sidecar: it has no work worth waiting for, and others need its port. */
const SIDECAR_DRAIN = 0.2;

/** A service's program and its sidecars. A task runs once; another one replaces it. */
export class EcsTask extends EventEmitter<EcsTaskEvents> {
  readonly id = randomBytes(16).toString("hex");
  readonly definition: TaskDefinition;
  /** Containers, the service's own first. */
  readonly containers: ContainerProcess[];
  readonly #host: Host;
  readonly #group: TargetGroup;
  readonly #program: Program;
  readonly #stopRequested = new AbortController();
  #status: TaskStatus = "PENDING";
  #sidecars: Promise<unknown> = Promise.resolve();
  #stopping: Promise<void> | undefined;

  constructor(definition: TaskDefinition, host: Host, group: TargetGroup, port: number) {
    super();
    const { service, file, changes } = definition;
    this.definition = definition;
    this.#host = host;
    this.#group = group;
    this.#program = new Program({
      name: service.name,
      file,
      environment: { ...service.container.environment, ...host.environment, ...changes },
      port,
      drainSeconds: service.drainSeconds,
      restarts: false,
    });
    this.containers = [new ContainerProcess(this.id, service.size.memory, service.container, this.#program)];
  }

  get service(): Service {
    return this.definition.service;
  }

  get status(): TaskStatus {
    return this.#status;
  }

  get origin(): string {
    return this.#program.origin;
  }

  get pid(): number | undefined {
    return this.#program.pid;
  }

  get running(): boolean {
    return this.pid !== undefined;
  }

  /** True once the task is being stopped or has stopped. */
  get leaving(): boolean {
    return this.#status === "DEACTIVATING" || this.#status === "STOPPING" || this.#status === "STOPPED";
  }

  /** Finds a container by name. */
  container(name: string): ContainerProcess | undefined {
    return this.containers.find(({ container }) => container.name === name);
  }

  /** Starts the service's own program, which receives requests after its first passed health check. */
  start(): void {
    this.#host.keep(this.#program, this);
    this.#program.once("ended", (reason) => this.#end(reason));
    this.#program.start();
    this.#enter("ACTIVATING");
    setTimeout(() => this.#status === "ACTIVATING" && this.emit("unhealthy"), START_LIMIT).unref();
    this.#group.register(this.origin, (healthy) => {
      if (healthy) {
        this.#enter("RUNNING");
      } else {
        this.emit("unhealthy");
      }
    });
  }

  /**
   * Starts the sidecars that are programs of this project, one after the other; the runner itself is the X-Ray daemon. A
   * sidecar that does not start is not reported, because the service works without it.
   */
  async startSidecars(): Promise<void> {
    this.#sidecars = this.#startSidecars().catch(() => {});
    await this.#sidecars;
  }

  /** Drains the task and stops it with its sidecars. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Kills the program, as in a crash: its requests fail, and the sidecars stop too. */
  kill(): void {
    // A connection outlives its process for a moment, and a like sent on it would be lost.
    this.#group.deregister(this.origin);
    this.#program.kill();
  }

  async #stop(): Promise<void> {
    if (!this.leaving) {
      this.#stopRequested.abort();
      this.#enter("DEACTIVATING");
      const drained = new AbortController();
      const { signal } = drained;
      const late = pause(this.service.drainSeconds * 1000, undefined, { signal }).catch(() => {});
      await Promise.race([this.#group.deregister(this.origin), late]);
      drained.abort();
      if (this.#status === "DEACTIVATING") {
        this.#enter("STOPPING");
        await this.#program.stop();
      }
    }
    while (this.#status !== "STOPPED") {
      await once(this, "status");
    }
  }

  async #startSidecars(): Promise<void> {
    const { service } = this.definition;
    for (const container of service.sidecars) {
      const { image } = container;
      if ("program" in image) {
        const create = (port: number) => {
          const sidecar = new Program({
            name: `${service.name}-${container.name}`,
            file: image.program,
            port,
            drainSeconds: SIDECAR_DRAIN,
            background: true,
            environment: { ...container.environment, ...this.#host.sidecarEnvironment(this, container) },
          });
          this.#host.keep(sidecar, this);
          return sidecar;
        };
        const port = this.#host.knownPorts ? container.port : 0;
        const sidecar = await startSidecar(create, port, this.#stopRequested.signal);
        this.containers.push(new ContainerProcess(this.id, service.size.memory, container, sidecar));
      }
    }
  }

  /** Stops the task, because its essential container has exited. */
  async #end(reason: string): Promise<void> {
    const intentional = this.#stopRequested.signal.aborted;
    this.#stopRequested.abort();
    this.#group.deregister(this.origin);
    this.emit("ended", reason, intentional);
    this.#enter("STOPPING");
    await this.#sidecars;
    await Promise.all(this.containers.map(({ program }) => program.stop()));
    this.#enter("STOPPED");
  }

  #enter(status: TaskStatus): void {
    if (this.#status !== status) {
      this.#status = status;
      this.emit("status", status);
    }
  }
}
