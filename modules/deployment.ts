import type { IConstruct } from "constructs";
import type { CodepipelineStageAction } from "#aws/codepipeline";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { formatArn } from "./arn.ts";
import type { FargateService } from "./fargate-service.ts";

/** Names of a pipeline's artifacts: the pushed source, and the output of the build. */
export const ARTIFACTS = { source: "Source", release: "Release" } as const;

/** The last action of a pipeline, which puts a release into its service. */
export interface Deployment {
  readonly action: Omit<CodepipelineStageAction, "name" | "owner" | "version">;
  /** Permissions that the pipeline needs for the action. */
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  /** Variables for tools/delivery/buildspec.yml; empty strings for a release that needs no appspec.yaml. */
  readonly environment: { readonly SMOKE_TEST: string; readonly PLACEMENT_PARAMETER: string };
}

/** Permission to pass the two roles of a task to ECS, and to no other service. */
export function passTaskRoles({ task }: FargateService): DataAwsIamPolicyDocumentStatement {
  return {
    actions: ["iam:PassRole"],
    resources: [...task.roleArns],
    condition: [{ test: "StringEquals", variable: "iam:PassedToService", values: ["ecs-tasks.amazonaws.com"] }],
  };
}

/** Permission to register new revisions of a service's task definition. */
export function registerTaskDefinitions(
  scope: IConstruct,
  { task }: FargateService,
): DataAwsIamPolicyDocumentStatement {
  return {
    actions: ["ecs:RegisterTaskDefinition"],
    resources: [formatArn(scope, { service: "ecs", resource: `task-definition/${task.family}:*` })],
  };
}
