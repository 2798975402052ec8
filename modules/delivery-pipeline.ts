import { Codepipeline, type CodepipelineStageAction } from "@cdktf/provider-aws/lib/codepipeline/index.js";
import { CodestarnotificationsNotificationRule } from "@cdktf/provider-aws/lib/codestarnotifications-notification-rule/index.js";
import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { Construct } from "constructs";
import type { BuildProject } from "./build-project.ts";
import type { ContainerRepository } from "./container-repository.ts";
import { ARTIFACTS, type Deployment } from "./deployment.ts";
import type { FargateService } from "./fargate-service.ts";
import type { PipelineSource } from "./pipeline-source.ts";
import { PipelineTrigger, parameterChange } from "./pipeline-trigger.ts";
import { ReleaseBuild } from "./release-build.ts";
import { ServiceRole } from "./service-role.ts";

export interface DeliveryPipelineProps {
  readonly name: string;
  readonly account: string;
  readonly service: FargateService;
  readonly source: PipelineSource;
  /** Where the images of the service's task go, sidecars included. */
  readonly repositories: readonly ContainerRepository[];
  /** Whether a person has to agree between build and deployment. */
  readonly approval: boolean;
  readonly deployment: Deployment;
  readonly artifacts: S3Bucket;
  readonly logRetentionDays: number;
  /** Told of every failure, and of every release that waits for a person. */
  readonly topicArn: string;
}

/** The one way into a service: a push or a changed configuration is built, tested and brought in. */
export class DeliveryPipeline extends Construct {
  constructor(scope: Construct, id: string, props: DeliveryPipelineProps) {
    super(scope, id);
    const { name, account, service, source, approval, deployment, artifacts, topicArn } = props;
    const build = new ReleaseBuild(this, "build", {
      name: `${name}-build`,
      account,
      service,
      repositories: props.repositories,
      environment: deployment.environment,
      artifacts,
      logRetentionDays: props.logRetentionDays,
    });
    const role = new ServiceRole(this, "role", {
      name: `${name}-pipeline`,
      service: "codepipeline.amazonaws.com",
      account,
      statements: [
        {
          actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
          resources: [`${artifacts.arn}/*`],
        },
        { actions: ["s3:GetBucketVersioning"], resources: [artifacts.arn] },
        { actions: ["codebuild:BatchGetBuilds", "codebuild:StartBuild"], resources: [build.arn] },
        ...source.permissions,
        ...deployment.permissions,
      ],
    });
    const pipeline = new Codepipeline(this, "pipeline", {
      name,
      pipelineType: "V2",
      // A release that waits is overtaken by the next, which holds all of it.
      executionMode: "SUPERSEDED",
      roleArn: role.role.arn,
      artifactStore: [{ location: artifacts.bucket, type: "S3" }],
      stage: [
        stage("Source", sourceAction(source)),
        stage("Build", buildAction(build)),
        ...(approval ? [stage("Approval", { category: "Approval", provider: "Manual" })] : []),
        stage("Deploy", deployment.action),
      ],
      dependsOn: role.policy ? [role.policy] : [],
    });
    new PipelineTrigger(this, "trigger", {
      name,
      account,
      pipeline,
      events: {
        configuration: parameterChange(service.revision.name),
        ...(source.push && { push: source.push }),
      },
    });
    new CodestarnotificationsNotificationRule(this, "notifications", {
      name,
      resource: pipeline.arn,
      detailType: "FULL",
      eventTypeIds: [
        "codepipeline-pipeline-pipeline-execution-failed",
        ...(approval ? ["codepipeline-pipeline-manual-approval-needed"] : []),
      ],
      target: [{ address: topicArn }],
    });
  }
}

type Action = Omit<CodepipelineStageAction, "name" | "owner" | "version">;

function stage(name: string, action: Action) {
  return { name, action: [{ ...action, name, owner: "AWS", version: "1" }] };
}

function sourceAction({ provider, configuration }: PipelineSource): Action {
  return { category: "Source", provider, configuration, namespace: "Source", outputArtifacts: [ARTIFACTS.source] };
}

function buildAction({ name }: BuildProject): Action {
  return {
    category: "Build",
    provider: "CodeBuild",
    inputArtifacts: [ARTIFACTS.source],
    outputArtifacts: [ARTIFACTS.release],
    configuration: {
      ProjectName: name,
      EnvironmentVariables: JSON.stringify([{ name: "COMMIT", value: "#{Source.CommitId}", type: "PLAINTEXT" }]),
    },
  };
}
