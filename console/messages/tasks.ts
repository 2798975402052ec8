import type { ServiceName } from "../../specs/services.ts";

/** The services with their tasks, as ECS would show them. */
export interface Tasks {
  readonly services: readonly ServiceState[];
}

export interface ServiceState {
  readonly name: ServiceName;
  /** Tasks that there should be, and the most that one may ask for here. */
  readonly desired: number;
  readonly most: number;
  readonly rollingOut: boolean;
  /** Variables of the service's own container in the tasks that serve. */
  readonly environment: Readonly<Record<string, string>>;
  /** Revision of the tasks that requests go to. */
  readonly serving: number;
  readonly tasks: readonly TaskState[];
  /** What happened, the newest first. */
  readonly events: readonly ServiceEvent[];
}

export interface TaskState {
  readonly id: string;
  readonly status: string;
  readonly revision: number;
  readonly pid: number | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Where its metadata proxy listens; undefined for one that has none, or none yet. */
  readonly proxy: string | undefined;
  /** Percent of the CPU and the memory that its description gives it; undefined until it was measured twice. */
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
}

export interface ServiceEvent {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly kind: string;
  readonly message: string;
}

/** What a task has used, by container. */
export interface TaskUsage {
  readonly containers: readonly ContainerUsage[];
}

export interface ContainerUsage {
  readonly name: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  /** Percent of the task's CPU. */
  readonly cpu: readonly number[];
  /** MiB, and the most that its description allows. */
  readonly memory: readonly number[];
  readonly memoryLimit: number;
}

/** What the metadata proxy of a task answers. */
export interface TaskDocument {
  /** The address that was asked. */
  readonly url: string;
  readonly document: unknown;
}
