import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus } from "node:os";
import type { Container } from "../../../model/container.ts";
import type { ServiceName } from "../../../model/service-name.ts";
import { perService } from "../../../model/services.ts";
import type { Settings } from "../../../settings/schema.ts";
import type { ProcessStats } from "../processes/process-stats.ts";
import type { ContainerProcess } from "./container-process.ts";
import type { EcsTask } from "./ecs-task.ts";

// The documents have the format of "Amazon ECS task metadata endpoint version 2" and "version 4 for tasks on Fargate" in the
// ECS Developer Guide, and of Docker's container stats. Fields that do not apply to a process, such as network interfaces and
// block devices, are omitted, as ECS omits unknown values.

/** Task metadata endpoint of all tasks on this machine. */
export interface TaskMetadata {
  /** Environment variables that point a container to its task, as ECS sets them. */
  environmentFor(task: EcsTask, container: Container): Readonly<Record<string, string>>;
  /** Number of documents requested about the tasks of a service. */
  requested(service: ServiceName): Readonly<Record<"metadata" | "stats", number>>;
  stop(): Promise<void>;
}

export interface TaskLocation extends Pick<Settings, "account" | "region"> {
  readonly cluster: string;
}

/** @param tasks Returns all tasks. */
export async function startTaskMetadata(
  location: TaskLocation,
  tasks: () => readonly EcsTask[],
): Promise<TaskMetadata> {
  const documents = new Documents(location);
  const requested = perService(() => ({ metadata: 0, stats: 0 }));
  const server = createServer(async (request, response) => {
    const [, id = "", ...path] = (request.url ?? "").split("/");
    const task = tasks().find((candidate) => candidate.id === id);
    const document = request.method === "GET" && task ? await documents.find(task, path) : undefined;
    if (task && document !== undefined) {
      requested[task.service.name][path.includes("stats") ? "stats" : "metadata"] += 1;
    }
    response
      .writeHead(document === undefined ? 404 : 200, { "content-type": "application/json" })
      .end(JSON.stringify(document ?? `unable to find ${request.method} ${request.url}`));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;

  return {
    environmentFor({ id }, { name }) {
      const base = `http://127.0.0.1:${port}/${id}`;
      return { METADATA_V2_URI: `${base}/v2`, ECS_CONTAINER_METADATA_URI_V4: `${base}/v4/${name}` };
    },
    requested: (service) => requested[service],
    async stop() {
      const closed = once(server, "close");
      server.close().closeAllConnections();
      await closed;
    },
  };
}

class Documents {
  readonly #location: TaskLocation;
  /** Previous stats of each container, because Docker's stats include the previous ones. */
  readonly #previous = new WeakMap<ContainerProcess, ProcessStats>();

  constructor(location: TaskLocation) {
    this.#location = location;
  }

  /** @param path `v2/metadata`, `v2/stats`, either followed by a container ID, or `v4/<name>` with `task`, `stats` or both. */
  async find(task: EcsTask, [version, subject, ...rest]: readonly string[]): Promise<unknown> {
    const { containers } = task;
    const [id] = rest;
    if (version === "v2" && rest.length <= 1) {
      const container = containers.find((candidate) => candidate.id === id);
      switch (subject) {
        case "metadata":
          return id === undefined ? this.#task(task) : container && this.#container(task, container);
        case "stats":
          return id === undefined ? this.#allStats(task) : container && this.#stats(container);
      }
    }
    const asking = containers.find(({ container }) => container.name === subject);
    if (version === "v4" && asking) {
      switch (rest.join("/")) {
        case "":
          return this.#containerV4(task, asking);
        case "stats":
          return this.#stats(asking);
        case "task":
          return {
            ...this.#task(task),
            Containers: containers.map((container) => this.#containerV4(task, container)),
            LaunchType: "EXTERNAL",
          };
        case "task/stats":
          return this.#allStats(task);
      }
    }
  }

  #family({ service }: EcsTask): string {
    return `${this.#location.cluster}-${service.name}`;
  }

  #task(task: EcsTask) {
    const { service, containers } = task;
    return {
      Cluster: this.#location.cluster,
      TaskARN: this.#arn("task", task.id),
      Family: this.#family(task),
      Revision: String(task.definition.revision),
      DesiredStatus: "RUNNING",
      KnownStatus: statusOf(task),
      Limits: { CPU: service.size.cpu / 1024, Memory: service.size.memory },
      Containers: containers.map((container) => this.#container(task, container)),
    };
  }

  #container(task: EcsTask, process: ContainerProcess) {
    const { id, container, startedAt, program } = process;
    return {
      DockerId: id,
      Name: container.name,
      DockerName: `${this.#family(task)}-${container.name}`,
      Image: "program" in container.image ? container.image.repository : undefined,
      Ports: [{ ContainerPort: container.port, Protocol: container.protocol, HostPort: program.port }],
      Labels: {
        "com.amazonaws.ecs.cluster": this.#location.cluster,
        "com.amazonaws.ecs.container-name": container.name,
        "com.amazonaws.ecs.task-arn": this.#arn("task", task.id),
        "com.amazonaws.ecs.task-definition-family": this.#family(task),
        "com.amazonaws.ecs.task-definition-version": String(task.definition.revision),
      },
      DesiredStatus: "RUNNING",
      KnownStatus: statusOf(process),
      Limits: { CPU: task.service.size.cpu, Memory: process.memoryLimit },
      CreatedAt: startedAt,
      StartedAt: startedAt,
      Type: "NORMAL",
      Networks: [{ NetworkMode: "host", IPv4Addresses: ["127.0.0.1"] }],
    };
  }

  #containerV4(task: EcsTask, process: ContainerProcess) {
    return { ...this.#container(task, process), ContainerARN: this.#arn("container", process.id) };
  }

  async #allStats({ containers }: EcsTask) {
    const stats = containers.map(async (container) => [container.id, await this.#stats(container)] as const);
    return Object.fromEntries(await Promise.all(stats));
  }

  /** Returns null without figures, as ECS does. */
  async #stats(process: ContainerProcess) {
    const now = await process.stats();
    if (now === undefined) {
      return null;
    }
    const previous = this.#previous.get(process);
    const before = previous?.pid === now.pid ? previous : undefined;
    this.#previous.set(process, now);
    return {
      read: new Date(now.at),
      // Docker's value if there are no previous stats.
      preread: before ? new Date(before.at) : "0001-01-01T00:00:00Z",
      name: process.container.name,
      id: process.id,
      cpu_stats: cpuStats(now),
      precpu_stats: before ? cpuStats(before) : { cpu_usage: { total_usage: 0 } },
      memory_stats: { usage: now.memory, limit: process.memoryLimit * 1024 ** 2 },
    };
  }

  #arn(kind: "task" | "container", id: string): string {
    const { region, account, cluster } = this.#location;
    return `arn:aws:ecs:${region}:${account}:${kind}/${cluster}/${id}`;
  }
}

function statusOf({ running }: { readonly running: boolean }): string {
  return running ? "RUNNING" : "PENDING";
}

/** Nanoseconds, as in Docker. */
function cpuStats({ cpu, machineCpu }: ProcessStats) {
  return {
    cpu_usage: { total_usage: Math.round(cpu * 1e6) },
    system_cpu_usage: Math.round(machineCpu * 1e6),
    online_cpus: cpus().length,
  };
}
