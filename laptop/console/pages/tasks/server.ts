import createError from "http-errors";
import { request } from "undici";
import { type EcsService, RolloutError } from "../../../system/ecs/ecs-service.ts";
import type { EcsTask } from "../../../system/ecs/ecs-task.ts";
import { TaskUsage } from "../../../system/ecs/task-usage.ts";
import { endpoint } from "../../server/endpoint.ts";
import type { ObservedSystem, PageServer } from "../../server/page-server.ts";
import { lastEvents } from "./events.ts";
import {
  documentRequest,
  rolloutRequest,
  type ServiceState,
  scaleRequest,
  type TaskKey,
  type TaskState,
  taskKey,
  type TaskUsage as UsageMessage,
} from "./messages.ts";

/** Events shown per service. */
const EVENTS = 40;

/** Milliseconds until a request to a metadata proxy fails. */
const TIMEOUT = 5_000;

const PROXY = "metadata-proxy";

const MIB = 1024 ** 2;

/** The server side of the Tasks page: the tasks of all services, their usage, and the actions on them. */
export function tasks(system: ObservedSystem): PageServer {
  const { services, observability } = system;
  const usage = new TaskUsage(() => observability.tasks);
  return {
    channels: [
      {
        name: "tasks",
        interval: 1_000,
        sample: () => ({ services: Object.values(services).map((service) => stateOf(service, system, usage)) }),
      },
    ],
    routes(router) {
      endpoint(router, "GET /api/tasks/usage", taskKey, (key) => usageOf(taskOf(services, key), usage));
      endpoint(router, "GET /api/tasks/document", documentRequest, ({ about, ...key }) =>
        documentOf(taskOf(services, key), about),
      );
      endpoint(router, "POST /api/tasks/scale", scaleRequest, ({ service, change, last }) => {
        const desired = services[service].desired + change;
        const [least, most] = [last ? 0 : 1, mostOf(services[service], system)];
        if (desired < least || desired > most) {
          throw createError(409, `the desired count of ${service} would be ${desired}: expected ${least} to ${most}`);
        }
        services[service].scale(desired);
        return {};
      });
      endpoint(router, "POST /api/tasks/stop", taskKey, (key) => {
        // Not awaited: the task finishes its open requests first, and the page shows its status.
        services[key.service].stopTask(taskOf(services, key).id).catch(() => {});
        return {};
      });
      endpoint(router, "POST /api/tasks/kill", taskKey, (key) => {
        services[key.service].killTask(taskOf(services, key).id);
        return {};
      });
      endpoint(router, "POST /api/tasks/rollout", rolloutRequest, async ({ service, changes }) => {
        try {
          await services[service].rollOut(changes);
          return {};
        } catch (error) {
          throw error instanceof RolloutError ? createError(409, error.message) : error;
        }
      });
    },
    stop: () => usage.stop(),
  };
}

/** Maximum number of tasks of a service. The limit of this machine applies to scaling and to changes by hand. */
function mostOf({ name, definition }: EcsService, { scaler }: ObservedSystem): number {
  return scaler?.options.service.name === name ? scaler.options.bounds.max : definition.tasks.max;
}

function stateOf(service: EcsService, system: ObservedSystem, usage: TaskUsage): ServiceState {
  const { name, desired, rollingOut, environment, tasks, revision } = service;
  return {
    name,
    desired,
    most: mostOf(service, system),
    mostInAws: service.definition.tasks.max,
    rollingOut,
    environment,
    serving: revision,
    tasks: tasks.map((task) => stateOfTask(task, usage)),
    events: lastEvents(service, EVENTS),
  };
}

function stateOfTask(task: EcsTask, usage: TaskUsage): TaskState {
  const { id, status, definition, pid, containers, service } = task;
  const [main] = containers;
  const latest = containers.flatMap((container) => usage.of(container).at(-1) ?? []);
  const sum = (of: (sample: (typeof latest)[number]) => number) =>
    latest.length === 0 ? undefined : latest.reduce((total, sample) => total + of(sample), 0);
  const bytes = sum(({ memory }) => memory);
  return {
    id,
    status,
    revision: definition.revision,
    pid,
    startedAt: main?.startedAt.getTime() ?? 0,
    proxy: task.container(PROXY)?.program.origin,
    cpu: sum(({ cpu }) => cpu),
    memory: bytes && (100 * bytes) / (service.size.memory * MIB),
  };
}

function usageOf({ containers }: EcsTask, usage: TaskUsage): UsageMessage {
  return {
    containers: containers.map((process) => {
      const samples = usage.of(process);
      return {
        name: process.container.name,
        times: samples.map(({ at }) => Math.round(at / 1000)),
        cpu: samples.map(({ cpu }) => cpu),
        memory: samples.map(({ memory }) => memory / MIB),
        memoryLimit: process.memoryLimit,
      };
    }),
  };
}

/** Requests a document from the task's own metadata proxy, as a client outside of the task would. */
async function documentOf(task: EcsTask, about: "metadata" | "stats") {
  const proxy = task.container(PROXY)?.program;
  if (proxy === undefined) {
    throw createError(404, `task ${task.id} has no ${PROXY}: it has not started yet, or labs.metadataProxy is "off"`);
  }
  const url = `${proxy.origin}/v2/${about}`;
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(TIMEOUT) });
    const document = await body.json();
    if (statusCode === 200) {
      return { url, document };
    }
  } catch {
    // The proxy is another process, which may be ending.
  }
  throw createError(502, `${url} does not respond`);
}

function taskOf(services: ObservedSystem["services"], { service, id }: TaskKey): EcsTask {
  const task = services[service].tasks.find((candidate) => candidate.id === id);
  if (task === undefined) {
    throw createError(404, `${service} has no task ${id}: it has ended`);
  }
  return task;
}
