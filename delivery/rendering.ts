import type { ContainerDefinition, RegisterTaskDefinitionCommandInput, TaskDefinition } from "@aws-sdk/client-ecs";
import { Scalar, stringify } from "yaml";
import { ownImage } from "./revision.ts";

// The files from which CodeDeploy, and roll.ts for a rolling service, make a release. Their forms: "AppSpec file
// reference" in the CodeDeploy user guide, "Image definitions file reference" in the CodePipeline user guide.

/** Stands in taskdef.json for the image of the service itself; whoever deploys puts imageDetail.json's there. */
export const IMAGE_PLACEHOLDER = "<IMAGE1_NAME>";

/** Stands in appspec.yaml for the revision that CodeDeploy registers from taskdef.json. */
const REVISION_PLACEHOLDER = "<TASK_DEFINITION>";

export interface BlueGreen {
  /** The Lambda function that tries the green side before it gets visitors. */
  readonly hook: string;
  readonly capacityProvider: string;
}

export interface RenderOptions {
  /** Tag of every image of ours. */
  readonly tag: string;
  /** Left out for a rolling release, which has no appspec.yaml. */
  readonly blueGreen?: BlueGreen | undefined;
}

/** The files of a release by their names: the revision with the images of one build, and how to bring it in. */
export function render(revision: TaskDefinition, { tag, blueGreen }: RenderOptions): Readonly<Record<string, string>> {
  const { container, repository } = serviceOf(revision);
  return {
    "taskdef.json": json(taskDefinition(revision, tag, container)),
    "imageDetail.json": json({ ImageURI: `${repository}:${tag}` }),
    ...(blueGreen && { "appspec.yaml": appSpec(container, blueGreen) }),
  };
}

/** The one container that takes its task down with it, and answers on the load balancer. */
function serviceOf({ family, containerDefinitions = [] }: TaskDefinition) {
  const [container, ...others] = containerDefinitions.filter(({ essential }) => essential);
  const image = container && ownImage(container);
  if (!image || others.length > 0) {
    throw new Error(`task definition ${family}: expected one essential container, and its image one of ours`);
  }
  return { container, repository: image.repository };
}

/** What can be registered again: the revision without what ECS itself adds to one. */
function taskDefinition(
  revision: TaskDefinition,
  tag: string,
  service: ContainerDefinition,
): RegisterTaskDefinitionCommandInput {
  const {
    taskDefinitionArn: _arn,
    revision: _revision,
    status: _status,
    requiresAttributes: _attributes,
    compatibilities: _compatibilities,
    registeredAt: _registeredAt,
    registeredBy: _registeredBy,
    deregisteredAt: _deregisteredAt,
    containerDefinitions = [],
    family,
    ...configuration
  } = revision;
  return {
    ...configuration,
    family,
    containerDefinitions: containerDefinitions.map((container) => {
      const image = ownImage(container);
      return image
        ? released(container, container === service ? IMAGE_PLACEHOLDER : `${image.repository}:${tag}`)
        : container;
    }),
  };
}

/** A container with its program's own image, and nothing left of the stand-in. */
function released(container: ContainerDefinition, image: string): ContainerDefinition {
  const { entryPoint: _entryPoint, command: _command, user: _user, ...rest } = container;
  return { ...rest, image };
}

function appSpec({ name, portMappings }: ContainerDefinition, { hook, capacityProvider }: BlueGreen): string {
  const version = new Scalar(0);
  version.minFractionDigits = 1; // "0.0" is the one version there is
  return stringify({
    version,
    Resources: [
      {
        TargetService: {
          Type: "AWS::ECS::Service",
          Properties: {
            TaskDefinition: REVISION_PLACEHOLDER,
            LoadBalancerInfo: { ContainerName: name, ContainerPort: portMappings?.[0]?.containerPort },
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
