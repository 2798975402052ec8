import { Construct } from "constructs";
import { CloudwatchLogGroup } from "#aws/cloudwatch-log-group";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { EcsTaskDefinition } from "#aws/ecs-task-definition";
import { bootstrapContainer, repositoryLabel } from "../model/bootstrap-image.ts";
import type { Container } from "../model/container.ts";
import { nameInEnvironment, segmentName } from "../model/monitoring/tracing.ts";
import type { Service } from "../model/service.ts";
import type { ContainerRepository } from "./container-repository.ts";
import { type Environment, environmentOf } from "./environment.ts";
import type { PublicImages } from "./public-images.ts";
import { readSecrets } from "./read-secrets.ts";
import { ServiceRole } from "./service-role.ts";

export interface TaskDefinitionProps {
  readonly service: Service;
  readonly repositories: Readonly<Record<string, ContainerRepository>>;
  readonly publicImages: PublicImages;
  readonly logRetentionDays: number;
  /** Adds a health check to the service's container, which decides when a task gets into DNS. */
  readonly discoverable: boolean;
  /** Permissions of the service's own code. */
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
}

/** The task definition of a service, with its log group, task role, and execution role. */
export class TaskDefinition extends Construct {
  /** ARN of Terraform's newest revision. A release registers its own revision based on it. */
  readonly arn: string;
  readonly family: string;
  /** Task role and execution role, which a release passes to ECS. */
  readonly roleArns: readonly string[];
  readonly logGroupName: string;
  readonly logGroupArn: string;

  constructor(scope: Construct, id: string, props: TaskDefinitionProps) {
    super(scope, id);
    const { service, logRetentionDays } = props;
    const environment = environmentOf(this);
    const { prefix } = environment;
    const name = `${prefix}-${service.name}`;
    const logs = new CloudwatchLogGroup(this, "log-group", {
      name: `/${prefix}/${service.name}`,
      retentionInDays: logRetentionDays,
    });
    const task = new ServiceRole(this, "task-role", {
      name: `${name}-task`,
      service: "ecs-tasks.amazonaws.com",
      statements: props.permissions,
    });
    const { secrets = {} } = service.container;
    const execution = new ServiceRole(this, "execution-role", {
      name: `${name}-execution`,
      service: "ecs-tasks.amazonaws.com",
      statements: [
        ...pull(props),
        { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logs.arn}:*`] },
        ...readSecrets(this, { secrets: Object.values(secrets), keys: service.secretKeys }),
      ],
    });
    this.roleArns = [task.role.arn, execution.role.arn];
    this.logGroupName = logs.name;
    this.logGroupArn = logs.arn;
    this.family = name;
    this.arn = new EcsTaskDefinition(this, "definition", {
      family: name,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(service.size.cpu),
      memory: String(service.size.memory),
      runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
      taskRoleArn: task.role.arn,
      executionRoleArn: execution.role.arn,
      containerDefinitions: JSON.stringify(
        containersOf(service).map((container) => containerDefinition(container, logs, environment, props)),
      ),
      // A replaced revision stays registered, so that a failed release can roll back to it.
      skipDestroy: true,
    }).arn;
  }
}

function containersOf(service: Service): readonly Container[] {
  return [service.container, ...service.sidecars];
}

function containerDefinition(
  container: Container,
  logs: CloudwatchLogGroup,
  environment: Environment,
  props: TaskDefinitionProps,
) {
  const { service } = props;
  const { region, tracePrefix } = environment;
  const variables = {
    ...container.environment,
    // The X-Ray SDK's variable for the name in segments.
    ...(container.environment.TRACING === "on" && {
      AWS_XRAY_TRACING_NAME: nameInEnvironment(tracePrefix, segmentName(service.name)),
    }),
  };
  return {
    name: container.name,
    ...imageOf(container, environment, props),
    essential: container.essential,
    ...(props.discoverable && container === service.container && { healthCheck: healthCheck(service) }),
    ...(!container.essential && { restartPolicy: { enabled: true } }),
    ...(container.dependsOn?.length && {
      dependsOn: container.dependsOn.map((containerName) => ({ containerName, condition: "START" })),
    }),
    ...(container.command && { command: container.command }),
    ...(container.memory && { memory: container.memory }),
    portMappings: [{ containerPort: container.port, hostPort: container.port, protocol: container.protocol }],
    environment: Object.entries(variables).map(([name, value]) => ({ name, value })),
    ...(container.secrets && {
      secrets: Object.entries(container.secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
    }),
    readonlyRootFilesystem: true,
    stopTimeout: service.drainSeconds,
    // No container runs as root, and by default only root may bind a port below 1024.
    ...(container.port < 1024 && {
      systemControls: [{ namespace: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
    }),
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": logs.name,
        "awslogs-region": region,
        "awslogs-stream-prefix": container.name,
        // A full log buffer drops lines instead of stopping the service.
        mode: "non-blocking",
        "max-buffer-size": "4m",
      },
    },
  };
}

/** Asks the service itself, with a program that the bootstrap image has too. ECS waits at least 5 s between checks. */
function healthCheck({ container: { port }, health }: Service) {
  const request = JSON.stringify({ port, path: health.path });
  const exit = 'response => process.exit(response.statusCode === 200 ? 0 : 1)).on("error", () => process.exit(1)';
  return {
    command: ["CMD", "node", "--eval", `require("node:http").get(${request}, ${exit})`],
    interval: 10,
    timeout: 5,
    retries: 3,
    startPeriod: 30,
  };
}

/** Third-party images run from the cache. The project's own images arrive with a release, which finds the repository by the label. */
function imageOf(
  { name, image, port }: Container,
  { project }: Environment,
  { repositories, publicImages }: TaskDefinitionProps,
) {
  if ("public" in image) {
    return { image: publicImages.cached(image.public) };
  }
  const repository = repositories[image.repository];
  if (!repository) {
    throw new Error(
      `container ${name} uses the repository "${image.repository}": expected one of ${Object.keys(repositories).join(", ")}`,
    );
  }
  const { image: bootstrapImage, ...start } = bootstrapContainer(port);
  const dockerLabels = { [repositoryLabel(project)]: repository.url };
  return { image: publicImages.cached(bootstrapImage), ...start, dockerLabels };
}

function pull({ service, repositories, publicImages }: TaskDefinitionProps): DataAwsIamPolicyDocumentStatement[] {
  const own = containersOf(service).flatMap(({ image }) =>
    "repository" in image ? (repositories[image.repository]?.arn ?? []) : [],
  );
  return [
    {
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: [...own, publicImages.repositoriesArn],
    },
    // The first pull of a public image creates its repository in the cache.
    { actions: ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"], resources: [publicImages.repositoriesArn] },
    // This action does not support resource-level permissions: the token is for the whole registry.
    { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
  ];
}
