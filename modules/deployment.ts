import type { CodepipelineStageAction } from "@cdktf/provider-aws/lib/codepipeline/index.js";
import type { DataAwsIamPolicyDocumentStatement } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import type { FargateService } from "./fargate-service.ts";

/** The artifacts of a pipeline: what was pushed, and what the build made of it. */
export const ARTIFACTS = { source: "Source", release: "Release" } as const;

/** How a release gets into a service: the last action of its pipeline. */
export interface Deployment {
  readonly action: Omit<CodepipelineStageAction, "name" | "owner" | "version">;
  /** What the pipeline must be allowed for that action. */
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  /** What delivery/buildspec.yml has to know of it; empty for a release that needs no appspec.yaml. */
  readonly environment: { readonly SMOKE_TEST: string; readonly CAPACITY_PROVIDER: string };
}

/** Lets an actor hand a task's two roles to ECS, and to nobody else. */
export function passTaskRoles({ task }: FargateService): DataAwsIamPolicyDocumentStatement {
  return {
    actions: ["iam:PassRole"],
    resources: [...task.roleArns],
    condition: [{ test: "StringEquals", variable: "iam:PassedToService", values: ["ecs-tasks.amazonaws.com"] }],
  };
}

/** Lets an actor write a new revision of a task definition. */
export function registerTaskDefinitions(): DataAwsIamPolicyDocumentStatement {
  // ECS knows no resource for this call. Source: "Amazon ECS deploy action reference", CodePipeline user guide.
  return { actions: ["ecs:RegisterTaskDefinition"], resources: ["*"] };
}
