import { Construct } from "constructs";
import { Codepipeline, type CodepipelineStageAction } from "#aws/codepipeline";
import type { S3Bucket } from "#aws/s3-bucket";
import type { BuildProject } from "./build-project.ts";
import type { ContainerRepository } from "./container-repository.ts";
import { ARTIFACTS, type Deployment } from "./deployment.ts";
import type { FargateService } from "./fargate-service.ts";
import { PipelineNotifications } from "./pipeline-notifications.ts";
import type { PipelineSource } from "./pipeline-source.ts";
import { PipelineTrigger, parameterChange } from "./pipeline-trigger.ts";
import { ReleaseBuild } from "./release-build.ts";
import { ServiceRole } from "./service-role.ts";

export interface DeliveryPipelineProps {
  readonly name: string;
  readonly service: FargateService;
  readonly source: PipelineSource;
  /** Repositories of the task's images, sidecars included. */
  readonly repositories: readonly ContainerRepository[];
  /** Adds a manual approval between build and deployment. */
  readonly approval: boolean;
  readonly deployment: Deployment;
  readonly artifacts: S3Bucket;
  readonly logRetentionDays: number;
  /** SNS topic for messages about every failure and every release that waits for approval. */
  readonly topicArn: string;
}

/** The pipeline of a service: it builds, tests, and releases every push and every changed configuration. */
export class DeliveryPipeline extends Construct {
  constructor(scope: Construct, id: string, props: DeliveryPipelineProps) {
    super(scope, id);
    const { name, service, source, approval, deployment, artifacts, topicArn } = props;
    const build = new ReleaseBuild(this, "build", {
      name: `${name}-build`,
      service,
      repositories: props.repositories,
      environment: deployment.environment,
      artifacts,
      logRetentionDays: props.logRetentionDays,
    });
    const role = new ServiceRole(this, "role", {
      name: `${name}-pipeline`,
      service: "codepipeline.amazonaws.com",
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
      // A newer release replaces one that waits: it contains the same changes and more.
      executionMode: "SUPERSEDED",
      roleArn: role.role.arn,
      artifactStore: [{ location: artifacts.bucket, type: "S3" }],
      stage: [
        stage("Source", sourceAction(source)),
        stage("Build", buildAction(build)),
        ...(approval ? [stage("Approval", { category: "Approval", provider: "Manual" })] : []),
        stage("Deploy", deployment.action),
      ],
      dependsOn: role.policies,
    });
    new PipelineTrigger(this, "trigger", {
      name,
      pipeline,
      events: {
        configuration: parameterChange([service.revision, service.placement].flatMap((one) => one?.name ?? [])),
        ...(source.push && { push: source.push }),
      },
    });
    new PipelineNotifications(this, "notifications", { pipeline, approval, topicArn });
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
