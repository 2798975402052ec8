import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import type { Deployment, RegisterTaskDefinitionRequest, UpdateServiceRequest } from "@aws-sdk/client-ecs";
import test, { type ExecutionContext } from "ava";
import { standIn } from "../service/surroundings.ts";
import { run } from "./script.ts";

const OLD = "arn:aws:ecs:us-east-1:123456789012:task-definition/monolith:1";
const NEW = "arn:aws:ecs:us-east-1:123456789012:task-definition/monolith:2";
const IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/monolith:a1b2c3";
const CONFIGURATION = { maximumPercent: 200, minimumHealthyPercent: 100 };

const old: Deployment = { taskDefinition: OLD, status: "PRIMARY", rolloutState: "COMPLETED" };
const coming: Deployment = { taskDefinition: NEW, status: "PRIMARY", rolloutState: "IN_PROGRESS" };

test("a release is registered with its image, brought in under the alarms, and waited for", async (t) => {
  const ecs = await startEcs(t, [[coming, old], [{ ...coming, rolloutState: "COMPLETED" }]]);
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
  t.is(ecs.looks, 3, "once before, then until it is done");
});

test("without alarms the service's circuit breaker is left alone to judge", async (t) => {
  const ecs = await startEcs(t, [[{ ...coming, rolloutState: "COMPLETED" }]]);
  t.is((await roll(t, ecs.endpoint, "--alarms", "")).code, 0);
  t.deepEqual(ecs.updated?.deploymentConfiguration?.alarms, { alarmNames: [], enable: false, rollback: false });
});

test("a release that ECS takes back fails, with ECS's reason and what the service went through", async (t) => {
  const failed: Deployment = { ...coming, rolloutState: "FAILED", rolloutStateReason: "tasks failed to start" };
  const ecs = await startEcs(t, [[old, failed]]);
  const { code, output } = await roll(t, ecs.endpoint);
  t.is(code, 1);
  t.regex(output, /monolith went back: tasks failed to start\n {2}task stopped: out of memory/);
});

test("a release that another one replaced fails", async (t) => {
  const ecs = await startEcs(t, [[old]]);
  const { code, output } = await roll(t, ecs.endpoint);
  t.is(code, 1);
  t.regex(output, /monolith went back: another release came in/);
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

/** An ECS whose service shows, look by look after the update, the deployments given; moto never rolls anything out. */
async function startEcs(t: ExecutionContext, after: readonly (readonly Deployment[])[]) {
  const seen = {
    endpoint: "",
    looks: 0,
    registered: undefined as RegisterTaskDefinitionRequest | undefined,
    updated: undefined as UpdateServiceRequest | undefined,
  };
  const answers: Record<string, (input: never) => object> = {
    RegisterTaskDefinition(input: RegisterTaskDefinitionRequest) {
      seen.registered = input;
      return { taskDefinition: { taskDefinitionArn: NEW } };
    },
    DescribeServices() {
      const deployments = seen.updated ? after[Math.min(seen.looks - 1, after.length - 1)] : [old];
      seen.looks += 1;
      const events = [{ message: "task stopped: out of memory" }];
      return { services: [{ deployments, events, deploymentConfiguration: CONFIGURATION }] };
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
  seen.endpoint = `http://127.0.0.1:${(await standIn(t, server)).port}`;
  return seen;
}
