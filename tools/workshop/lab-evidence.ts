import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
  type ContainerDefinition,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
} from "@aws-sdk/client-ecs";
import type { Settings } from "../../settings/schema.ts";
import { explainErrors } from "../aws/explain-errors.ts";
import { listStates, readState } from "../deploy/state.ts";
import { ON_DEMAND, type Stack } from "../deploy/synth.ts";

/** The state of an environment from which the lab step is derived. */
export interface LabEvidence {
  /** True if the like service runs an image of a release instead of the bootstrap image. */
  readonly released: boolean;
  /** Likes in the table. */
  readonly likes: number;
  /** Desired number of tasks of the like service. */
  readonly likeTasks: number;
  /** Variables of the revision that the like service runs. */
  readonly logLevel: string | undefined;
  readonly chaosMode: string | undefined;
  /** True if the like service has logged a like, which it does at the level DEBUG only. */
  readonly logsLikes: boolean;
  readonly loadGenerator: "never" | "deployed" | "destroyed";
}

/** Reads the evidence of an environment whose services are deployed. */
export async function readLabEvidence(
  stacks: readonly Pick<Stack, "state">[],
  { account, region, environment, project }: Settings,
): Promise<LabEvidence> {
  const prefix = `${project.prefix}-${environment}`;
  const [like, likes, logsLikes, loadGenerator] = await Promise.all([
    readLikeService(region, prefix),
    countLikes(region, `${prefix}-mysfits`),
    hasLogged(region, `/${prefix}/like`),
    readLoadGenerator(stacks, account),
  ]);
  return { ...like, likes, logsLikes, loadGenerator };
}

async function readLikeService(region: string, cluster: string) {
  const ecs = explainErrors(new ECSClient({ region }));
  const { services: [service] = [] } = await ecs.send(
    new DescribeServicesCommand({ cluster, services: [`${cluster}-like`] }),
  );
  // CodeDeploy gives each release a task set; the primary one receives the requests.
  const primary = service?.taskSets?.find(({ status }) => status === "PRIMARY");
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: primary?.taskDefinition ?? service?.taskDefinition }),
  );
  const container = taskDefinition?.containerDefinitions?.find(({ name }) => name === "like-service");
  return {
    // A release drops the bootstrap image's entry point.
    released: container !== undefined && !container.entryPoint?.length,
    likeTasks: service?.desiredCount ?? 0,
    logLevel: variable(container, "LOGLEVEL"),
    chaosMode: variable(container, "CHAOSMODE"),
  };
}

function variable(container: ContainerDefinition | undefined, variableName: string): string | undefined {
  return container?.environment?.find(({ name }) => name === variableName)?.value;
}

/** The table has twelve items, so one page is all of it. */
async function countLikes(region: string, TableName: string): Promise<number> {
  const dynamodb = explainErrors(new DynamoDBClient({ region }));
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName, ProjectionExpression: "Likes" }));
  return Items.reduce((sum, { Likes }) => sum + Number(Likes?.N ?? 0), 0);
}

async function hasLogged(region: string, logGroupName: string): Promise<boolean> {
  const client = explainErrors(new CloudWatchLogsClient({ region }));
  for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName, filterPattern: "POST" })) {
    if (events.length > 0) {
      return true;
    }
  }
  return false;
}

/** A destroyed stack leaves an empty state. */
async function readLoadGenerator(
  stacks: readonly Pick<Stack, "state">[],
  account: string,
): Promise<LabEvidence["loadGenerator"]> {
  const place = stacks.map(({ state }) => state).find((state) => state.kind === "bucket");
  const state = place && (await listStates(place, account)).get(ON_DEMAND.stack);
  const { resources } = (state && (await readState({ state }, account))) ?? {};
  if (resources === undefined) {
    return "never";
  }
  return resources > 0 ? "deployed" : "destroyed";
}
