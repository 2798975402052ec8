import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { ExecutionContext } from "ava";
import { standIn } from "./surroundings.ts";

// The task metadata endpoint of ECS as a container on Fargate finds it. Sources, in the ECS Developer Guide: "Amazon ECS
// task metadata endpoint version 2", "... version 4 for tasks on Fargate", "Task IAM role" for the credentials.

/** What ECS puts into ECS_CONTAINER_METADATA_URI_V4 begins so; an id of the container's own follows. */
const V4_BASE = "/v4/9781c2480edd4cdb9a93f63cb662a5d3-1784069210";

export const LIKE_CONTAINER = "9781c2480edd4cdb9a93f63cb662a5d3-3242301930";
export const DOCKER_CONTAINER = "43481a6ce4842eec8fe72fc28500c6b52edcc0917f105b83379f88cac1ff3946";

const container = (DockerId: string, Name: string) => ({
  DockerId,
  Name,
  DockerName: Name,
  DesiredStatus: "RUNNING",
  KnownStatus: "RUNNING",
  Limits: { CPU: 2, Memory: 128 },
  Type: "NORMAL",
  Networks: [{ NetworkMode: "awsvpc", IPv4Addresses: ["10.0.32.106"] }],
});
const CONTAINERS = [container(LIKE_CONTAINER, "like-service"), container(DOCKER_CONTAINER, "metadata-proxy")];
const TASK = {
  Cluster: "mysfits",
  TaskARN: "arn:aws:ecs:us-west-2:123456789012:task/mysfits/9781c2480edd4cdb9a93f63cb662a5d3",
  Family: "mysfits-like",
  Revision: "5",
  DesiredStatus: "RUNNING",
  KnownStatus: "RUNNING",
  Containers: CONTAINERS,
  AvailabilityZone: "us-west-2b",
};
const STATS = { read: "2026-01-02T03:04:05.006Z", cpu_stats: { online_cpus: 2 }, memory_stats: { usage: 31_457_280 } };
const ALL_STATS = Object.fromEntries(CONTAINERS.map(({ DockerId }) => [DockerId, STATS]));

/** What the endpoint has, by path. */
export const CONTRACT: Readonly<Record<string, unknown>> = {
  "/v2/metadata": TASK,
  ...Object.fromEntries(CONTAINERS.map((of) => [`/v2/metadata/${of.DockerId}`, of])),
  "/v2/stats": ALL_STATS,
  ...Object.fromEntries(CONTAINERS.map(({ DockerId }) => [`/v2/stats/${DockerId}`, STATS])),
  [V4_BASE]: CONTAINERS[1],
  [`${V4_BASE}/task`]: { ...TASK, LaunchType: "FARGATE" },
  [`${V4_BASE}/stats`]: STATS,
  [`${V4_BASE}/task/stats`]: ALL_STATS,
  // What a proxy must never hand out.
  "/v2/credentials/6b55dcc4-9793-4f1a-8c1a-0e58d2918e90": { SecretAccessKey: "secret" },
  "/v2/metadata/taskWithTags": { TaskTags: { secret: "secret" } },
  [`${V4_BASE}/taskWithTags`]: { TaskTags: { secret: "secret" } },
};

export interface EndpointStandIn {
  /** The environment that leads the proxy to this endpoint. */
  readonly environment: { readonly METADATA_V2_URI: string; readonly ECS_CONTAINER_METADATA_URI_V4: string };
  /** What the endpoint was asked, in order. */
  readonly requests: readonly { readonly line: string; readonly headers: IncomingMessage["headers"] }[];
}

/** Answers as the contract has it, or as the test would have it. */
export async function startMetadataEndpoint(
  t: ExecutionContext,
  answer: (response: ServerResponse, path: string) => void = answerByContract,
): Promise<EndpointStandIn> {
  const requests: { line: string; headers: IncomingMessage["headers"] }[] = [];
  const server = createServer((request, response) => {
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    answer(response, request.url ?? "");
  });
  const { port } = await standIn(t, server);
  const origin = `http://127.0.0.1:${port}`;
  return {
    environment: { METADATA_V2_URI: `${origin}/v2`, ECS_CONTAINER_METADATA_URI_V4: origin + V4_BASE },
    requests,
  };
}

export function answerByContract(response: ServerResponse, path: string): void {
  response.setHeader("content-type", "application/json");
  if (path in CONTRACT) {
    response.end(JSON.stringify(CONTRACT[path]));
  } else {
    response.statusCode = 400;
    response.end(JSON.stringify(`V2 container metadata handler: unable to find ${path}`));
  }
}

/** The endpoint's path for one of the proxy's. */
export function endpointPath(path: string): string {
  return path.replace(/^\/v4/, V4_BASE);
}
