import type { DataAwsIamPolicyDocumentStatement } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { Construct } from "constructs";
import { BuildProject } from "./build-project.ts";
import type { Cluster } from "./cluster.ts";
import { ARTIFACTS, type Deployment, passTaskRoles, registerTaskDefinitions } from "./deployment.ts";
import type { FargateService } from "./fargate-service.ts";

export interface RollingDeploymentProps {
  readonly name: string;
  readonly account: string;
  readonly service: FargateService;
  readonly cluster: Cluster;
  /** CloudWatch alarms that take a release back. */
  readonly alarms: readonly string[];
  readonly artifacts: S3Bucket;
  readonly logRetentionDays: number;
}

/** Releases of a service by ECS itself, task for task; it goes back when tasks do not stay or an alarm goes off. */
export class RollingDeployment extends Construct implements Deployment {
  readonly action: Deployment["action"];
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  readonly environment = { SMOKE_TEST: "", CAPACITY_PROVIDER: "" };

  constructor(scope: Construct, id: string, props: RollingDeploymentProps) {
    super(scope, id);
    const { name, account, service, cluster, alarms, artifacts, logRetentionDays } = props;
    const project = new BuildProject(this, "project", {
      name: `${name}-deployment`,
      account,
      description: `Brings releases into ${service.serviceName}`,
      buildspec: "delivery/roll.buildspec.yml",
      environment: { CLUSTER: cluster.name, SERVICE: service.serviceName, ALARMS: alarms.join() },
      docker: false,
      minutes: 30,
      artifacts,
      logRetentionDays,
      permissions: [
        { actions: ["ecs:DescribeServices", "ecs:UpdateService"], resources: [service.serviceArn] },
        registerTaskDefinitions(),
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
