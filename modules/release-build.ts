import type { DataAwsIamPolicyDocumentStatement } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import type { Construct } from "constructs";
import { BuildProject, type BuildProjectProps } from "./build-project.ts";
import type { ContainerRepository } from "./container-repository.ts";
import type { FargateService } from "./fargate-service.ts";

export interface ReleaseBuildProps
  extends Pick<BuildProjectProps, "name" | "account" | "environment" | "artifacts" | "logRetentionDays"> {
  readonly service: FargateService;
  /** Where the images of the service's task go, sidecars included. */
  readonly repositories: readonly ContainerRepository[];
}

/** The build that makes a release of a service: tests, images in ECR, and the files that say what comes in and how. */
export class ReleaseBuild extends BuildProject {
  constructor(scope: Construct, id: string, { service, repositories, environment, ...props }: ReleaseBuildProps) {
    super(scope, id, {
      ...props,
      description: `Tests, builds and renders releases of ${service.serviceName}`,
      buildspec: "delivery/buildspec.yml",
      environment: { TASK_DEFINITION_PARAMETER: service.revision.name, ...environment },
      docker: true,
      report: "tests",
      minutes: 60,
      permissions: [
        { actions: ["ssm:GetParameter"], resources: [service.revision.arn] },
        // ECS knows no resource for this call. Source: "Actions defined by Amazon ECS", service authorization reference.
        { actions: ["ecs:DescribeTaskDefinition"], resources: ["*"] },
        ...pushTo(repositories),
      ],
    });
  }
}

function pushTo(repositories: readonly ContainerRepository[]): DataAwsIamPolicyDocumentStatement[] {
  return [
    {
      actions: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImageScanFindings",
        "ecr:DescribeImages",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      resources: repositories.map(({ arn }) => arn),
    },
    // The API gives one token for the whole registry and knows no finer resource.
    { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
  ];
}
