import type { Construct } from "constructs";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { BuildProject, type BuildProjectProps } from "./build-project.ts";
import type { ContainerRepository } from "./container-repository.ts";
import type { FargateService } from "./fargate-service.ts";

export interface ReleaseBuildProps
  extends Pick<BuildProjectProps, "name" | "environment" | "artifacts" | "logRetentionDays"> {
  readonly service: FargateService;
  /** Repositories of the task's images, sidecars included. */
  readonly repositories: readonly ContainerRepository[];
}

/** The build of a service's releases: it runs the tests, pushes images to ECR, and renders the deployment files. */
export class ReleaseBuild extends BuildProject {
  constructor(scope: Construct, id: string, { service, repositories, environment, ...props }: ReleaseBuildProps) {
    super(scope, id, {
      ...props,
      description: `Tests, builds, and renders releases of ${service.serviceName}`,
      buildspec: "tools/delivery/buildspec.yml",
      environment: { TASK_DEFINITION_PARAMETER: service.revision.name, ...environment },
      docker: true,
      report: "tests",
      minutes: 60,
      writesArtifacts: true,
      permissions: [
        {
          actions: ["ssm:GetParameter"],
          resources: [service.revision, service.placement].flatMap((one) => one?.arn ?? []),
        },
        // This action does not support resource-level permissions.
        // Source: "Actions defined by Amazon ECS", service authorization reference.
        { actions: ["ecs:DescribeTaskDefinition"], resources: ["*"] },
        ...pushTo(repositories),
      ],
    });
  }
}

/** Source: "IAM permissions for pushing an image", Amazon ECR user guide; Docker 29 needs BatchGetImage for it. */
function pushTo(repositories: readonly ContainerRepository[]): DataAwsIamPolicyDocumentStatement[] {
  return [
    {
      actions: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImageScanFindings",
        "ecr:DescribeImages",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      resources: repositories.map(({ arn }) => arn),
    },
    // With enhanced scanning, DescribeImageScanFindings calls Amazon Inspector with the caller's permissions. The actions do
    // not support resource-level permissions. Source: "IAM permissions required for enhanced scanning", Amazon ECR user guide.
    { actions: ["inspector2:ListCoverage", "inspector2:ListFindings"], resources: ["*"] },
    // This action does not support resource-level permissions: the token is for the whole registry.
    { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
  ];
}
