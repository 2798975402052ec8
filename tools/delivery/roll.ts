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
import { explainErrors } from "../aws/explain-errors.ts";
import { IMAGE_PLACEHOLDER } from "./release-files.ts";

// CodePipeline's own ECS action keeps the running configuration and replaces only the image, so a changed setting would never
// be deployed. Source: "Amazon ECS deploy action reference", CodePipeline user guide.

const POLL_MILLISECONDS = 5_000;

/** Number of polls within which DescribeServices must show a new deployment; ECS is eventually consistent. */
const POLLS_UNTIL_VISIBLE = 12;

const { cluster, service, release, alarms } = new Command("node tools/delivery/roll.ts")
  .description("Deploys a release to a rolling service, and waits until ECS completes it or rolls it back.")
  .requiredOption("--cluster <name>", "cluster of the service")
  .requiredOption("--service <name>", "ECS service")
  .requiredOption("--release <folder>", "folder that tools/delivery/render.ts wrote")
  .option("--alarms <names>", "CloudWatch alarms that trigger a rollback, separated by commas", "")
  .parse()
  .opts<{ cluster: string; service: string; release: string; alarms: string }>();

const ecs = explainErrors(new ECSClient());
const alarmNames = alarms.split(",").filter(Boolean);

const taskDefinition = await register();
const { maximumPercent, minimumHealthyPercent, deploymentCircuitBreaker } =
  (await describe()).deploymentConfiguration ?? {};
await ecs.send(
  new UpdateServiceCommand({
    cluster,
    service,
    taskDefinition,
    deploymentConfiguration: {
      maximumPercent,
      minimumHealthyPercent,
      deploymentCircuitBreaker,
      alarms: { alarmNames, enable: alarmNames.length > 0, rollback: alarmNames.length > 0 },
    },
  }),
);
console.log(`${service}: deploying ${taskDefinition}`);
await waitUntilDone();
console.log(`${service}: deployed ${taskDefinition}`);

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
    throw new Error(`there is no service ${service} in cluster ${cluster}`);
  }
  return found;
}

/** Waits until the deployment is complete. Throws if ECS rolls it back, or another release replaces it. */
async function waitUntilDone(): Promise<void> {
  let wasVisible = false;
  for (let poll = 1; ; poll++) {
    const { deployments = [], events = [] } = await describe();
    const deployment = deployments.find((one) => one.taskDefinition === taskDefinition);
    if (deployment?.rolloutState === "COMPLETED") {
      return;
    }
    wasVisible ||= deployment !== undefined;
    const isLost = deployment === undefined && (wasVisible || poll >= POLLS_UNTIL_VISIBLE);
    if (isLost || deployment?.rolloutState === "FAILED") {
      const reason = deployment?.rolloutStateReason ?? "another release replaced it";
      const newest = events.slice(0, 5).map(({ message }) => `  ${message}`);
      throw new Error([`${service} was rolled back: ${reason}`, ...newest].join("\n"));
    }
    await pause(POLL_MILLISECONDS);
  }
}
