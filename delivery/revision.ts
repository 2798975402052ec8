import {
  type ContainerDefinition,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type TaskDefinition,
} from "@aws-sdk/client-ecs";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { REPOSITORY_LABEL } from "../specs/stand-in.ts";

/**
 * The configuration that a release is made from: the task definition whose ARN Terraform wrote into the parameter. It is
 * not what runs now, which an earlier release registered.
 */
export async function readRevision(parameter: string): Promise<TaskDefinition> {
  const { Parameter } = await new SSMClient().send(new GetParameterCommand({ Name: parameter }));
  const { taskDefinition } = await new ECSClient().send(
    new DescribeTaskDefinitionCommand({ taskDefinition: Parameter?.Value }),
  );
  if (taskDefinition === undefined) {
    throw new Error(`parameter ${parameter} is "${Parameter?.Value}": expected the ARN of a task definition`);
  }
  return taskDefinition;
}

/** A program of ours and where its images are. */
export interface OwnImage {
  /** The program's name, as `npm run image` knows it. */
  readonly program: string;
  /** `<registry>/<environment>/<program>` */
  readonly repository: string;
}

/** The program that a container runs, or undefined for somebody else's image. */
export function ownImage({ dockerLabels = {} }: ContainerDefinition): OwnImage | undefined {
  const repository = dockerLabels[REPOSITORY_LABEL];
  return repository === undefined
    ? undefined
    : { repository, program: repository.slice(repository.lastIndexOf("/") + 1) };
}

/** Every program of ours in a task. */
export function ownImages({ containerDefinitions = [] }: TaskDefinition): readonly OwnImage[] {
  return containerDefinitions.map(ownImage).filter((image) => image !== undefined);
}
