import { z } from "zod";
import type { ServiceName } from "../../../../model/service-name.ts";
import { SERVICE_NAMES } from "../../../../model/services.ts";
import type { Call, Empty } from "../../parts/messages.ts";

export interface TasksCalls {
  /** Resource usage of a task's containers in the last 15 minutes. */
  readonly "GET /api/tasks/usage": Call<TaskKey, TaskUsage>;
  readonly "GET /api/tasks/document": Call<z.infer<typeof documentRequest>, TaskDocument>;
  readonly "POST /api/tasks/scale": Call<z.infer<typeof scaleRequest>, Empty>;
  readonly "POST /api/tasks/stop": Call<TaskKey, Empty>;
  readonly "POST /api/tasks/kill": Call<TaskKey, Empty>;
  /** Responds when all requests go to tasks with the new variables, or fails with the reason. */
  readonly "POST /api/tasks/rollout": Call<z.infer<typeof rolloutRequest>, Empty>;
}

const service = z.enum(SERVICE_NAMES);

export const taskKey = z.object({ service, id: z.string() });

export type TaskKey = z.infer<typeof taskKey>;

export const documentRequest = taskKey.extend({ about: z.enum(["metadata", "stats"]) });

/** A change instead of a count: with a count, the second of two tabs that start a task at the same time would have no effect. */
export const scaleRequest = z.object({
  service,
  change: z.literal([-1, 1]),
  /** True to stop even the last task. */
  last: z.boolean(),
});

export const rolloutRequest = z.object({ service, changes: z.record(z.string(), z.string().max(1_000)) });

/** The services with their tasks, in the terms of ECS. */
export interface TasksState {
  readonly services: readonly ServiceState[];
}

export interface ServiceState {
  readonly name: ServiceName;
  /** Desired count, and the most tasks allowed on this machine and in AWS. */
  readonly desired: number;
  readonly most: number;
  readonly mostInAws: number;
  readonly rollingOut: boolean;
  /** Variables of the service's container in the serving tasks. */
  readonly environment: Readonly<Record<string, string>>;
  /** Revision of the tasks that receive requests. */
  readonly serving: number;
  readonly tasks: readonly TaskState[];
  /** Newest first. */
  readonly events: readonly ServiceEvent[];
}

export interface TaskState {
  readonly id: string;
  readonly status: string;
  readonly revision: number;
  readonly pid: number | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** URL of the metadata proxy; undefined without one or before it listens. */
  readonly proxy: string | undefined;
  /** Percent of the task's CPU and memory; undefined before the second sample. */
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
}

export interface ServiceEvent {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly kind: string;
  readonly message: string;
}

export interface TaskUsage {
  readonly containers: readonly ContainerUsage[];
}

export interface ContainerUsage {
  readonly name: string;
  /** Epoch seconds. */
  readonly times: readonly number[];
  /** Percent of the task's CPU. */
  readonly cpu: readonly number[];
  /** MiB, and the container's limit. */
  readonly memory: readonly number[];
  readonly memoryLimit: number;
}

/** A response of a task's metadata proxy. */
export interface TaskDocument {
  readonly url: string;
  readonly document: unknown;
}
