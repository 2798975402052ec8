import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Container } from "../../specs/container.ts";
import type { Service } from "../../specs/services.ts";
import type { TargetGroup } from "../load-balancer/target-group.ts";
import { Program } from "../processes/program.ts";
import { START_LIMIT } from "../start.ts";
import { ContainerProcess } from "./container-process.ts";
import { startSidecar } from "./sidecar.ts";

/** What a machine gives to the tasks of a service that run on it. */
export interface Host {
  /** What the service's own program is told besides its description. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether sidecars listen where their description says, if they can; on free ports otherwise. */
  readonly knownPorts: boolean;
  /** What a sidecar is told besides its description. */
  sidecarEnvironment(task: EcsTask, sidecar: Container): Readonly<Record<string, string>>;
  /** Shown every program before it starts, to keep what it writes. */
  keep(program: Program, task: EcsTask): void;
}

/** What makes tasks of one service equal. */
export interface TaskDefinition {
  readonly service: Service;
  /** TypeScript file of its own program, from the project's root. */
  readonly file: string;
  readonly revision: number;
  /** Variables of the service's own container that differ from its description. */
  readonly changes: Readonly<Record<string, string>>;
}

/**
 * Where a task stands, in ECS's words: without a process, failing its health checks still, in service, out of service with
 * answers under way, told to end, gone. Source: "Task lifecycle" in the ECS Developer Guide.
 */
export type TaskStatus = "PENDING" | "ACTIVATING" | "RUNNING" | "DEACTIVATING" | "STOPPING" | "STOPPED";

interface EcsTaskEvents {
  status: [status: TaskStatus];
  /** Its checks fail, whether or not it has been in service. */
  unhealthy: [];
  /** Its own program has ended, told to or not. */
  ended: [reason: string, told: boolean];
}

/** Seconds between SIGTERM and SIGKILL of a sidecar: it has nothing under way that is worth more, and others want its port. */
const SIDECAR_DRAIN = 0.2;

/** A service's program and its sidecars. It runs once: what comes after it is another task. */
export class EcsTask extends EventEmitter<EcsTaskEvents> {
  readonly id = randomBytes(16).toString("hex");
  readonly definition: TaskDefinition;
  /** The service's own first. */
  readonly containers: ContainerProcess[];
  readonly #host: Host;
  readonly #group: TargetGroup;
  readonly #program: Program;
  readonly #told = new AbortController();
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
    this.containers = [new ContainerProcess(this, service.container, this.#program)];
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

  /** Whether it is on its way out, or gone. */
  get leaving(): boolean {
    return this.#status === "DEACTIVATING" || this.#status === "STOPPING" || this.#status === "STOPPED";
  }

  /** A container by its description's name. */
  container(name: string): ContainerProcess | undefined {
    return this.containers.find(({ container }) => container.name === name);
  }

  /** Starts the service's own program, which takes requests once it passes a health check. */
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
   * Starts the sidecars that are programs of this project, one after the other; the X-Ray daemon is the runner itself. The
   * service does without them, so nothing is said of one that does not start.
   */
  async startSidecars(): Promise<void> {
    this.#sidecars = this.#startSidecars().catch(() => {});
    await this.#sidecars;
  }

  /** Takes it out of service, lets it finish what is under way, and ends it with its sidecars. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Ends its own program as a crash would, with what it has under way; the sidecars go with it. */
  kill(): void {
    // A connection stays open for a moment after its process is gone. A like sent on it then would be lost.
    this.#group.deregister(this.origin);
    this.#program.kill();
  }

  async #stop(): Promise<void> {
    if (!this.leaving) {
      this.#told.abort();
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
        const sidecar = await startSidecar(create, port, this.#told.signal);
        this.containers.push(new ContainerProcess(this, container, sidecar));
      }
    }
  }

  /** An essential container takes its task down with it. */
  async #end(reason: string): Promise<void> {
    const told = this.#told.signal.aborted;
    this.#told.abort();
    this.#group.deregister(this.origin);
    this.emit("ended", reason, told);
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
