import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { Command } from "commander";
import { IMAGE_PLACEHOLDER } from "./rendering.ts";

// CodePipeline's own action for rolling services keeps to the configuration that runs, so a changed setting would never
// get in. Source: "Amazon ECS deploy action reference", CodePipeline user guide.

const LOOK_EVERY = 5_000;

const { cluster, service, release, alarms } = new Command("node delivery/roll.ts")
  .description("Brings a release into a rolling service, and waits until ECS has finished it or gone back.")
  .requiredOption("--cluster <name>", "the service's cluster")
  .requiredOption("--service <name>", "the service")
  .requiredOption("--release <folder>", "what delivery/render.ts wrote")
  .option("--alarms <names>", "CloudWatch alarms that make ECS go back, with commas in between", "")
  .parse()
  .opts<{ cluster: string; service: string; release: string; alarms: string }>();

const ecs = new ECSClient();
const alarmNames = alarms.split(",").filter(Boolean);

const taskDefinition = await register();
const { deploymentConfiguration } = await describe();
await ecs.send(
  new UpdateServiceCommand({
    cluster,
    service,
    taskDefinition,
    deploymentConfiguration: {
      ...deploymentConfiguration,
      alarms: { alarmNames, enable: alarmNames.length > 0, rollback: alarmNames.length > 0 },
    },
  }),
);
console.log(`${service}: ${taskDefinition} comes in`);
while (!isDone(await describe())) {
  await pause(LOOK_EVERY);
}
console.log(`${service}: ${taskDefinition} is in`);

async function register(): Promise<string> {
  const { ImageURI } = JSON.parse(await readFile(join(release, "imageDetail.json"), "utf8")) as { ImageURI: string };
  const template = await readFile(join(release, "taskdef.json"), "utf8");
  const input = JSON.parse(template.replaceAll(IMAGE_PLACEHOLDER, ImageURI)) as RegisterTaskDefinitionCommandInput;
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(input));
  return taskDefinition?.taskDefinitionArn as string;
}

async function describe(): Promise<Service> {
  const { services: [found] = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  if (found === undefined) {
    throw new Error(`there is no service ${service} in the cluster ${cluster}`);
  }
  return found;
}

/** True once all of the release's tasks are in. Throws when ECS has given the release up. */
function isDone({ deployments = [], events = [] }: Service): boolean {
  const ours = deployments.find((deployment) => deployment.taskDefinition === taskDefinition);
  if (ours === undefined || ours.rolloutState === "FAILED") {
    const newest = events.slice(0, 5).map(({ message }) => `  ${message}`);
    throw new Error(
      [`${service} went back: ${ours?.rolloutStateReason ?? "another release came in"}`, ...newest].join("\n"),
    );
  }
  return ours.rolloutState === "COMPLETED";
}
