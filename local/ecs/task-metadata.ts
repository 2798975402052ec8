import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus } from "node:os";
import type { Settings } from "../../settings/schema.ts";
import type { Container } from "../../specs/container.ts";
import type { ServiceName } from "../../specs/services.ts";
import type { Figures } from "../processes/process-figures.ts";
import type { ContainerProcess } from "./container-process.ts";
import type { EcsTask } from "./ecs-task.ts";

// The documents' shape is that of "Amazon ECS task metadata endpoint version 2" and "version 4 for tasks on Fargate" in the
// ECS Developer Guide, and of Docker's container stats. What has no meaning for a process, such as its own network
// interface or block devices, is left out, as ECS leaves out what it does not know.

/** The task metadata endpoint of every task on this machine. */
export interface TaskMetadata {
  /** Leads a task's container to its task, as the link-local address and ECS's own variable do in AWS. */
  environmentFor(task: EcsTask, container: Container): Readonly<Record<string, string>>;
  /** What has been asked about tasks of a service. */
  asked(service: ServiceName): ReadonlySet<"metadata" | "stats">;
  stop(): Promise<void>;
}

export interface Where extends Pick<Settings, "account" | "region"> {
  readonly cluster: string;
}

/** @param tasks Tells of all tasks that there are. */
export async function startTaskMetadata(where: Where, tasks: () => readonly EcsTask[]): Promise<TaskMetadata> {
  const documents = new Documents(where);
  const asked = { like: new Set<"metadata" | "stats">(), monolith: new Set<"metadata" | "stats">() };
  const server = createServer(async (request, response) => {
    const [, id = "", ...path] = (request.url ?? "").split("/");
    const task = tasks().find((candidate) => candidate.id === id);
    const document = request.method === "GET" && task ? await documents.find(task, path) : undefined;
    if (task && document !== undefined) {
      asked[task.service.name].add(path.includes("stats") ? "stats" : "metadata");
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
    asked: (service) => asked[service],
    async stop() {
      const closed = once(server, "close");
      server.close().closeAllConnections();
      await closed;
    },
  };
}

class Documents {
  readonly #where: Where;
  /** What the last stats of a container said: Docker's stats are told together with those before them. */
  readonly #told = new WeakMap<ContainerProcess, Figures>();

  constructor(where: Where) {
    this.#where = where;
  }

  /** @param path `v2/metadata`, `v2/stats`, either with a container's id behind it, or `v4/<name>` with `task`, `stats` or both. */
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

  #task(task: EcsTask) {
    const { service, containers } = task;
    return {
      Cluster: this.#where.cluster,
      TaskARN: this.#arn("task", task.id),
      Family: family(task),
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
      DockerName: `${family(task)}-${container.name}`,
      Image: "program" in container.image ? container.image.repository : undefined,
      Ports: [{ ContainerPort: container.port, Protocol: container.protocol, HostPort: program.port }],
      Labels: {
        "com.amazonaws.ecs.cluster": this.#where.cluster,
        "com.amazonaws.ecs.container-name": container.name,
        "com.amazonaws.ecs.task-arn": this.#arn("task", task.id),
        "com.amazonaws.ecs.task-definition-family": family(task),
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

  /** `null` where there are no figures, as ECS says it. */
  async #stats(process: ContainerProcess) {
    const now = await process.figures();
    if (now === undefined) {
      return null;
    }
    const told = this.#told.get(process);
    const before = told?.pid === now.pid ? told : undefined;
    this.#told.set(process, now);
    return {
      read: new Date(now.at),
      // Docker's way to say that there was none before.
      preread: before ? new Date(before.at) : "0001-01-01T00:00:00Z",
      name: process.container.name,
      id: process.id,
      cpu_stats: cpuStats(now),
      precpu_stats: before ? cpuStats(before) : { cpu_usage: { total_usage: 0 } },
      memory_stats: { usage: now.memory, limit: process.memoryLimit * 1024 ** 2 },
    };
  }

  #arn(kind: "task" | "container", id: string): string {
    const { region, account, cluster } = this.#where;
    return `arn:aws:ecs:${region}:${account}:${kind}/${cluster}/${id}`;
  }
}

function family({ service }: EcsTask): string {
  return `mysfits-${service.name}`;
}

function statusOf({ running }: { readonly running: boolean }): string {
  return running ? "RUNNING" : "PENDING";
}

/** Nanoseconds, as Docker counts. */
function cpuStats({ cpu, machineCpu }: Figures) {
  return {
    cpu_usage: { total_usage: Math.round(cpu * 1e6) },
    system_cpu_usage: Math.round(machineCpu * 1e6),
    online_cpus: cpus().length,
  };
}
