import {
  type ContainerDefinition,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type TaskDefinition,
} from "@aws-sdk/client-ecs";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { labeledRepository } from "../../model/bootstrap-image.ts";
import type { Placement } from "../../model/placement.ts";
import { explainErrors } from "../aws/explain-errors.ts";

/**
 * Reads the configuration for a release: the task definition whose ARN Terraform wrote to the parameter. The running tasks
 * use a different one, which the last release registered.
 */
export async function readRevision(parameter: string): Promise<TaskDefinition> {
  const arn = await readParameter(parameter);
  const { taskDefinition } = await explainErrors(new ECSClient()).send(
    new DescribeTaskDefinitionCommand({ taskDefinition: arn }),
  );
  if (taskDefinition === undefined) {
    throw new Error(`parameter ${parameter} is "${arn}": expected the ARN of a task definition`);
  }
  return taskDefinition;
}

/** Reads network and capacity of a blue/green service's tasks, which Terraform wrote to the parameter. */
export async function readPlacement(parameter: string): Promise<Placement> {
  return JSON.parse(await readParameter(parameter)) as Placement;
}

async function readParameter(name: string): Promise<string> {
  const { Parameter } = await explainErrors(new SSMClient()).send(new GetParameterCommand({ Name: name }));
  return Parameter?.Value ?? "";
}

/** A program of this project and the repository of its images. */
export interface OwnImage {
  /** Name of the program, as in `npm run image`. */
  readonly program: string;
  /** `<registry>/<environment>/<program>` */
  readonly repository: string;
}

/** Returns the program of a container, or undefined for a third-party image. */
export function ownImage({ dockerLabels = {} }: ContainerDefinition): OwnImage | undefined {
  const repository = labeledRepository(dockerLabels);
  return repository === undefined
    ? undefined
    : { repository, program: repository.slice(repository.lastIndexOf("/") + 1) };
}

/** Lists the programs of this project in a task. */
export function ownImages({ containerDefinitions = [] }: TaskDefinition): readonly OwnImage[] {
  return containerDefinitions.map(ownImage).filter((image) => image !== undefined);
}
