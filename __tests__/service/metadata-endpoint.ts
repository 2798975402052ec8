import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { ExecutionContext } from "ava";
import { listenWith } from "./start-services.ts";

// The ECS task metadata endpoint in a Fargate task. Sources, in the ECS Developer Guide: "Amazon ECS task metadata
// endpoint version 2", "... version 4 for tasks on Fargate", and "Task IAM role" for the credentials.

/** Path of ECS_CONTAINER_METADATA_URI_V4, which contains the container's ID. */
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

/** Responses by path. */
export const CONTRACT: Readonly<Record<string, unknown>> = {
  "/v2/metadata": TASK,
  ...Object.fromEntries(CONTAINERS.map((of) => [`/v2/metadata/${of.DockerId}`, of])),
  "/v2/stats": ALL_STATS,
  ...Object.fromEntries(CONTAINERS.map(({ DockerId }) => [`/v2/stats/${DockerId}`, STATS])),
  [V4_BASE]: CONTAINERS[1],
  [`${V4_BASE}/task`]: { ...TASK, LaunchType: "FARGATE" },
  [`${V4_BASE}/stats`]: STATS,
  [`${V4_BASE}/task/stats`]: ALL_STATS,
  // Must never be available through the proxy.
  "/v2/credentials/6b55dcc4-9793-4f1a-8c1a-0e58d2918e90": { SecretAccessKey: "secret" },
  "/v2/metadata/taskWithTags": { TaskTags: { secret: "secret" } },
  [`${V4_BASE}/taskWithTags`]: { TaskTags: { secret: "secret" } },
};

export interface FakeEndpoint {
  /** Environment variables with which the proxy uses this endpoint. */
  readonly environment: { readonly METADATA_V2_URI: string; readonly ECS_CONTAINER_METADATA_URI_V4: string };
  /** Received requests, in order. */
  readonly requests: readonly { readonly line: string; readonly headers: IncomingMessage["headers"] }[];
}

/** Starts an endpoint that responds with the contract, or with the test's responses. */
export async function startMetadataEndpoint(
  t: ExecutionContext,
  respond: (response: ServerResponse, path: string) => void = respondByContract,
): Promise<FakeEndpoint> {
  const requests: { line: string; headers: IncomingMessage["headers"] }[] = [];
  const server = createServer((request, response) => {
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    respond(response, request.url ?? "");
  });
  const { port } = await listenWith(t, server);
  const origin = `http://127.0.0.1:${port}`;
  return {
    environment: { METADATA_V2_URI: `${origin}/v2`, ECS_CONTAINER_METADATA_URI_V4: origin + V4_BASE },
    requests,
  };
}

export function respondByContract(response: ServerResponse, path: string): void {
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
