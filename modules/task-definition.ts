import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { DataAwsIamPolicyDocumentStatement } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { Construct } from "constructs";
import type { Container } from "../specs/container.ts";
import type { Service } from "../specs/services.ts";
import { REPOSITORY_LABEL, standIn } from "../specs/stand-in.ts";
import type { ContainerRepository } from "./container-repository.ts";
import type { PublicImages } from "./public-images.ts";
import { ServiceRole } from "./service-role.ts";

export interface TaskDefinitionProps {
  readonly prefix: string;
  readonly region: string;
  readonly account: string;
  readonly service: Service;
  readonly repositories: Readonly<Record<string, ContainerRepository>>;
  readonly publicImages: PublicImages;
  readonly logRetentionDays: number;
  /** What the service's own code may do. */
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
}

/** A service's task: its containers, its log group, the role its code runs under, and the role that starts it. */
export class TaskDefinition extends Construct {
  /** Of the newest revision that Terraform wrote; a release makes its own from that. */
  readonly arn: string;
  /** The task's and its starter's, which whoever releases the service must be allowed to pass on. */
  readonly roleArns: readonly string[];
  readonly logGroupName: string;
  readonly logGroupArn: string;

  constructor(scope: Construct, id: string, props: TaskDefinitionProps) {
    super(scope, id);
    const { prefix, account, service, logRetentionDays } = props;
    const name = `${prefix}-${service.name}`;
    const logs = new CloudwatchLogGroup(this, "log-group", {
      name: `/${prefix}/${service.name}`,
      retentionInDays: logRetentionDays,
    });
    const task = new ServiceRole(this, "task-role", {
      name: `${name}-task`,
      service: "ecs-tasks.amazonaws.com",
      account,
      statements: props.permissions,
    });
    const execution = new ServiceRole(this, "execution-role", {
      name: `${name}-execution`,
      service: "ecs-tasks.amazonaws.com",
      account,
      statements: [
        ...pull(props),
        { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logs.arn}:*`] },
      ],
    });
    this.roleArns = [task.role.arn, execution.role.arn];
    this.logGroupName = logs.name;
    this.logGroupArn = logs.arn;
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
        containersOf(service).map((container) => containerDefinition(container, logs, props)),
      ),
      // A replaced revision stays registered, so that a failed release can go back to it.
      skipDestroy: true,
    }).arn;
  }
}

function containersOf(service: Service): readonly Container[] {
  return [service.container, ...service.sidecars];
}

function containerDefinition(container: Container, logs: CloudwatchLogGroup, props: TaskDefinitionProps) {
  const { service, region } = props;
  return {
    name: container.name,
    ...imageOf(container, props),
    essential: container.essential,
    ...(container.memory && { memory: container.memory }),
    portMappings: [{ containerPort: container.port, hostPort: container.port, protocol: container.protocol }],
    environment: Object.entries(container.environment).map(([name, value]) => ({ name, value })),
    readonlyRootFilesystem: true,
    stopTimeout: service.drainSeconds,
    // Nothing here runs as root, and a port below 1024 is root's unless the container says otherwise.
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

/** Somebody else's image runs as it is; one of our own comes with a release, and names the repository it will come from. */
function imageOf({ name, image, port }: Container, { repositories, publicImages }: TaskDefinitionProps) {
  if ("public" in image) {
    return { image: publicImages.cached(image.public) };
  }
  const repository = repositories[image.repository];
  if (!repository) {
    throw new Error(
      `container ${name} names the repository "${image.repository}": expected one of ${Object.keys(repositories).join(", ")}`,
    );
  }
  const { image: substitute, ...start } = standIn(port);
  return { image: publicImages.cached(substitute), ...start, dockerLabels: { [REPOSITORY_LABEL]: repository.url } };
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
    // The first pull of a public image creates its repository and fills it.
    { actions: ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"], resources: [publicImages.repositoriesArn] },
    // The API gives one token for the whole registry and knows no finer resource.
    { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
  ];
}
