import type { ContainerDefinition, RegisterTaskDefinitionCommandInput, TaskDefinition } from "@aws-sdk/client-ecs";
import { Scalar, stringify } from "yaml";
import type { Placement } from "../../model/placement.ts";
import { ownImage } from "./revision.ts";

// The files of a release for CodeDeploy, or for roll.ts in the case of a rolling service. Formats: "AppSpec file reference" in
// the CodeDeploy user guide and "Image definitions file reference" in the CodePipeline user guide.

/** Placeholder in taskdef.json for the service's own image. The deployment replaces it with the image in imageDetail.json. */
export const IMAGE_PLACEHOLDER = "<IMAGE1_NAME>";

/** Placeholder in appspec.yaml for the task definition that CodeDeploy registers from taskdef.json. */
const REVISION_PLACEHOLDER = "<TASK_DEFINITION>";

export interface BlueGreen {
  /** Lambda function that tests the green side before it gets production traffic. */
  readonly hook: string;
  readonly placement: Placement;
}

export interface RenderOptions {
  /** Tag of all images that this project builds. */
  readonly tag: string;
  /** Left out for a rolling release, which has no appspec.yaml. */
  readonly blueGreen?: BlueGreen | undefined;
}

/** Renders the files of a release by name: the task definition with the images of one build, and the deployment instructions. */
export function render(revision: TaskDefinition, { tag, blueGreen }: RenderOptions): Readonly<Record<string, string>> {
  const { container, repository } = serviceOf(revision);
  return {
    "taskdef.json": json(taskDefinition(revision, tag, container)),
    "imageDetail.json": json({ ImageURI: `${repository}:${tag}` }),
    ...(blueGreen && { "appspec.yaml": appSpec(container, blueGreen) }),
  };
}

/** Finds the essential container, which is the one behind the load balancer. */
function serviceOf({ family, containerDefinitions = [] }: TaskDefinition) {
  const [container, ...others] = containerDefinitions.filter(({ essential }) => essential);
  const image = container && ownImage(container);
  if (!image || others.length > 0) {
    throw new Error(
      `task definition ${family}: expected exactly one essential container, with an image of this project`,
    );
  }
  return { container, repository: image.repository };
}

/**
 * Input for RegisterTaskDefinition: the fields that modules/task-definition.ts sets. ECS returns more, and adds fields over
 * time that strict readers of taskdef.json reject (amazon-ecs-deploy-task-definition issue 701).
 */
function taskDefinition(
  revision: TaskDefinition,
  tag: string,
  service: ContainerDefinition,
): RegisterTaskDefinitionCommandInput {
  return {
    family: revision.family,
    taskRoleArn: revision.taskRoleArn,
    executionRoleArn: revision.executionRoleArn,
    networkMode: revision.networkMode,
    requiresCompatibilities: revision.requiresCompatibilities,
    cpu: revision.cpu,
    memory: revision.memory,
    runtimePlatform: revision.runtimePlatform,
    containerDefinitions: revision.containerDefinitions?.map((container) => {
      const image = ownImage(container);
      return image
        ? released(container, container === service ? IMAGE_PLACEHOLDER : `${image.repository}:${tag}`)
        : container;
    }),
  };
}

/** Replaces the bootstrap image and the overrides that it needs. */
function released(container: ContainerDefinition, image: string): ContainerDefinition {
  const { entryPoint: _entryPoint, command: _command, user: _user, ...rest } = container;
  return { ...rest, image };
}

function appSpec({ name, portMappings }: ContainerDefinition, { hook, placement }: BlueGreen): string {
  const { capacityProvider, subnets, securityGroups } = placement;
  const version = new Scalar(0);
  version.minFractionDigits = 1; // "0.0" is the only version
  return stringify({
    version,
    Resources: [
      {
        TargetService: {
          Type: "AWS::ECS::Service",
          Properties: {
            TaskDefinition: REVISION_PLACEHOLDER,
            LoadBalancerInfo: { ContainerName: name, ContainerPort: portMappings?.[0]?.containerPort },
            NetworkConfiguration: {
              AwsvpcConfiguration: { Subnets: subnets, SecurityGroups: securityGroups, AssignPublicIp: "DISABLED" },
            },
            CapacityProviderStrategy: [{ CapacityProvider: capacityProvider, Base: 0, Weight: 1 }],
          },
        },
      },
    ],
    Hooks: [{ BeforeAllowTraffic: hook }],
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
