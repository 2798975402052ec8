import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import type { Deployment, RegisterTaskDefinitionRequest, UpdateServiceRequest } from "@aws-sdk/client-ecs";
import test, { type ExecutionContext } from "ava";
import { listenWith } from "../../service/start-services.ts";
import { run } from "./script.ts";

const OLD = "arn:aws:ecs:us-east-1:123456789012:task-definition/monolith:1";
const NEW = "arn:aws:ecs:us-east-1:123456789012:task-definition/monolith:2";
const IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/monolith:a1b2c3";
const CONFIGURATION = { maximumPercent: 200, minimumHealthyPercent: 100 };

const old: Deployment = { taskDefinition: OLD, status: "PRIMARY", rolloutState: "COMPLETED" };
const inProgress: Deployment = { taskDefinition: NEW, status: "PRIMARY", rolloutState: "IN_PROGRESS" };

test("a release is registered with its image and deployed with the alarms, and the command waits for its end", async (t) => {
  const ecs = await startEcs(t, [[inProgress, old], [{ ...inProgress, rolloutState: "COMPLETED" }]]);
  const { code, output } = await roll(t, ecs.endpoint, "--alarms", "errors,hosts");
  t.is(code, 0, output);
  t.is(ecs.registered?.containerDefinitions?.[0]?.image, IMAGE);
  t.deepEqual(ecs.updated, {
    cluster: "mysfits",
    service: "monolith",
    taskDefinition: NEW,
    deploymentConfiguration: {
      ...CONFIGURATION,
      alarms: { alarmNames: ["errors", "hosts"], enable: true, rollback: true },
    },
  });
  t.is(ecs.polls, 3, "once before the update, then until the deployment is complete");
});

test("without alarms, only the service's circuit breaker triggers a rollback", async (t) => {
  const ecs = await startEcs(t, [[{ ...inProgress, rolloutState: "COMPLETED" }]]);
  t.is((await roll(t, ecs.endpoint, "--alarms", "")).code, 0);
  t.deepEqual(ecs.updated?.deploymentConfiguration?.alarms, { alarmNames: [], enable: false, rollback: false });
});

test("a release that ECS rolls back fails with ECS's reason and the newest service events", async (t) => {
  const failed: Deployment = { ...inProgress, rolloutState: "FAILED", rolloutStateReason: "tasks failed to start" };
  const ecs = await startEcs(t, [[old, failed]]);
  const { code, output } = await roll(t, ecs.endpoint);
  t.is(code, 1);
  t.regex(output, /monolith was rolled back: tasks failed to start\n {2}task stopped: out of memory/);
});

test("the command waits for a deployment that ECS does not show at once", async (t) => {
  const ecs = await startEcs(t, [[old], [inProgress, old], [{ ...inProgress, rolloutState: "COMPLETED" }]]);
  const { code, output } = await roll(t, ecs.endpoint);
  t.is(code, 0, output);
});

test("a release that another one replaced fails", async (t) => {
  const ecs = await startEcs(t, [[inProgress, old], [old]]);
  const { code, output } = await roll(t, ecs.endpoint);
  t.is(code, 1);
  t.regex(output, /monolith was rolled back: another release replaced it/);
});

async function roll(t: ExecutionContext, endpoint: string, ...options: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const containerDefinitions = [{ name: "monolith-service", image: "<IMAGE1_NAME>" }];
  writeFileSync(join(folder, "taskdef.json"), JSON.stringify({ family: "monolith", containerDefinitions }));
  writeFileSync(join(folder, "imageDetail.json"), JSON.stringify({ ImageURI: IMAGE }));
  const args = ["--cluster", "mysfits", "--service", "monolith", "--release", folder, ...options];
  return run("roll.ts", args, {
    AWS_ENDPOINT_URL_ECS: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
}

/** Starts a fake ECS whose service shows the given deployments, one entry per poll, because moto does not run deployments. */
async function startEcs(t: ExecutionContext, after: readonly (readonly Deployment[])[]) {
  const seen = {
    endpoint: "",
    polls: 0,
    registered: undefined as RegisterTaskDefinitionRequest | undefined,
    updated: undefined as UpdateServiceRequest | undefined,
  };
  const answers: Record<string, (input: never) => object> = {
    RegisterTaskDefinition(input: RegisterTaskDefinitionRequest) {
      seen.registered = input;
      return { taskDefinition: { taskDefinitionArn: NEW } };
    },
    DescribeServices() {
      const deployments = seen.updated ? after[Math.min(seen.polls - 1, after.length - 1)] : [old];
      seen.polls += 1;
      const events = [{ message: "task stopped: out of memory" }];
      // ECS returns fields that a rolling deployment's request must not contain.
      const deploymentConfiguration = { ...CONFIGURATION, strategy: "ROLLING", bakeTimeInMinutes: 0 };
      return { services: [{ deployments, events, deploymentConfiguration }] };
    },
    UpdateService(input: UpdateServiceRequest) {
      seen.updated = input;
      return {};
    },
  };
  const server = createServer(async (request, response) => {
    const action = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify(answers[action]?.((await json(request)) as never)));
  });
  seen.endpoint = `http://127.0.0.1:${(await listenWith(t, server)).port}`;
  return seen;
}
