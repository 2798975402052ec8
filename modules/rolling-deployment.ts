import { Construct } from "constructs";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import type { S3Bucket } from "#aws/s3-bucket";
import { BuildProject } from "./build-project.ts";
import type { Cluster } from "./cluster.ts";
import { ARTIFACTS, type Deployment, passTaskRoles, registerTaskDefinitions } from "./deployment.ts";
import type { FargateService } from "./fargate-service.ts";

export interface RollingDeploymentProps {
  readonly name: string;
  readonly service: FargateService;
  readonly cluster: Cluster;
  /** CloudWatch alarms that roll a release back. */
  readonly alarms: readonly string[];
  readonly artifacts: S3Bucket;
  readonly logRetentionDays: number;
}

/** Rolling releases of a service by ECS. ECS rolls back when new tasks keep failing or an alarm fires. */
export class RollingDeployment extends Construct implements Deployment {
  readonly action: Deployment["action"];
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  readonly environment = { SMOKE_TEST: "", PLACEMENT_PARAMETER: "" };

  constructor(scope: Construct, id: string, props: RollingDeploymentProps) {
    super(scope, id);
    const { name, service, cluster, alarms, artifacts, logRetentionDays } = props;
    const project = new BuildProject(this, "project", {
      name: `${name}-deployment`,
      description: `Deploys releases to ${service.serviceName}`,
      buildspec: "tools/delivery/roll.buildspec.yml",
      environment: { CLUSTER: cluster.name, SERVICE: service.serviceName, ALARMS: alarms.join() },
      docker: false,
      minutes: 30,
      writesArtifacts: false,
      artifacts,
      logRetentionDays,
      permissions: [
        { actions: ["ecs:DescribeServices", "ecs:UpdateService"], resources: [service.serviceArn] },
        registerTaskDefinitions(this, service),
        passTaskRoles(service),
      ],
    });
    this.action = {
      category: "Build",
      provider: "CodeBuild",
      inputArtifacts: [ARTIFACTS.source, ARTIFACTS.release],
      configuration: { ProjectName: project.name, PrimarySource: ARTIFACTS.source },
    };
    this.permissions = [{ actions: ["codebuild:BatchGetBuilds", "codebuild:StartBuild"], resources: [project.arn] }];
  }
}
