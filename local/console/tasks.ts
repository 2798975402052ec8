import { request } from "undici";
import { z } from "zod";
import type { ServiceState, TaskState, TaskUsage as UsageMessage } from "../../console/messages/tasks.ts";
import { Refusal } from "../../service/shared/refusal.ts";
import type { ServiceName } from "../../specs/services.ts";
import { type EcsService, RollOutError } from "../ecs/ecs-service.ts";
import type { EcsTask } from "../ecs/ecs-task.ts";
import { TaskUsage } from "../ecs/task-usage.ts";
import { answer } from "./answer.ts";
import { lastEvents } from "./events.ts";
import type { ObservedSystem, PagePart } from "./page.ts";

/** Events that are shown. */
const EVENTS = 40;

/** Milliseconds that a metadata proxy may take. */
const PATIENCE = 5_000;

const PROXY = "metadata-proxy";

const MIB = 1024 ** 2;

const service = z.enum(["like", "monolith"]);
const task = z.object({ service, id: z.string() });
const changes = z.record(z.string(), z.string().max(1_000));

/** The services' tasks: what they are and use, and everything that one may do to them. */
export function tasks({ services, observability }: ObservedSystem): PagePart {
  const usage = new TaskUsage(() => observability.tasks);
  return {
    topics: [
      {
        name: "tasks",
        every: 1_000,
        look: () => ({ services: [services.like, services.monolith].map((each) => stateOf(each, usage)) }),
      },
    ],
    routes(router) {
      answer(router, "GET /api/tasks/usage", task, (asked) => usageOf(taskOf(services, asked), usage));
      answer(router, "GET /api/tasks/document", task.extend({ about: z.enum(["metadata", "stats"]) }), (asked) =>
        documentOf(taskOf(services, asked), asked.about),
      );
      answer(router, "POST /api/tasks/scale", z.object({ service, desired: z.int() }), ({ service, desired }) => {
        const { most } = boundsOf(services[service]);
        if (desired < 0 || desired > most) {
          throw new Refusal(400, `tasks of ${service} are ${desired}: expected 0 to ${most}`);
        }
        services[service].scale(desired);
        return {};
      });
      answer(router, "POST /api/tasks/stop", task, (asked) => {
        // It may take as long as the answers under way; the page sees it happen.
        services[asked.service].stopTask(taskOf(services, asked).id).catch(() => {});
        return {};
      });
      answer(router, "POST /api/tasks/kill", task, (asked) => {
        services[asked.service].killTask(taskOf(services, asked).id);
        return {};
      });
      answer(router, "POST /api/tasks/roll-out", z.object({ service, changes }), async ({ service, changes }) => {
        try {
          await services[service].rollOut(changes);
          return {};
        } catch (error) {
          throw error instanceof RollOutError ? new Refusal(409, error.message) : error;
        }
      });
    },
    stop: () => usage.stop(),
  };
}

function stateOf(service: EcsService, usage: TaskUsage): ServiceState {
  const { name, desired, rollingOut, environment, tasks, revision } = service;
  const { most } = boundsOf(service);
  return {
    name,
    desired,
    most,
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

/** One may ask for as many tasks as scaling may. */
function boundsOf({ description }: EcsService): { readonly most: number } {
  return { most: description.tasks.max };
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

/** Asks the task's own metadata proxy, as somebody outside of the task would. */
async function documentOf(task: EcsTask, about: "metadata" | "stats") {
  const proxy = task.container(PROXY)?.program;
  if (proxy === undefined) {
    throw new Refusal(404, `task ${task.id} has no ${PROXY}: it has not started yet, or labs.metadataProxy is off`);
  }
  const url = `${proxy.origin}/v2/${about}`;
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(PATIENCE) });
    const document = await body.json();
    if (statusCode === 200) {
      return { url, document };
    }
  } catch {
    // What went wrong is of no interest: it is another process, and may just be ending.
  }
  throw new Refusal(502, `${url} does not answer`);
}

function taskOf(
  services: ObservedSystem["services"],
  { service, id }: { readonly service: ServiceName; readonly id: string },
): EcsTask {
  const task = services[service].tasks.find((candidate) => candidate.id === id);
  if (task === undefined) {
    throw new Refusal(404, `${service} has no task ${id}: it has ended`);
  }
  return task;
}
