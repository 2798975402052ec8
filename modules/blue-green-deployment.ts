import { Construct } from "constructs";
import { CodedeployApp } from "#aws/codedeploy-app";
import { CodedeployDeploymentGroup } from "#aws/codedeploy-deployment-group";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import type { Settings } from "../settings/schema.ts";
import { formatArn } from "./arn.ts";
import type { Cluster } from "./cluster.ts";
import { ARTIFACTS, type Deployment, passTaskRoles, registerTaskDefinitions } from "./deployment.ts";
import type { FargateService } from "./fargate-service.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { ServiceRole } from "./service-role.ts";
import type { SmokeTest } from "./smoke-test.ts";

export interface BlueGreenDeploymentProps {
  readonly name: string;
  readonly service: FargateService;
  readonly cluster: Cluster;
  readonly loadBalancer: LoadBalancer;
  readonly smokeTest: SmokeTest;
  /** Traffic shift to the new tasks, and the time that the old tasks stay for a rollback. */
  readonly shift: Pick<Settings["delivery"], "trafficShift" | "bakeMinutes">;
  /** CloudWatch alarms that roll a release back. */
  readonly alarms: readonly string[];
}

/**
 * Blue/green releases of a service by CodeDeploy: it starts new tasks alongside the old ones, runs the smoke test through
 * the test listener, then shifts traffic step by step. A failed smoke test or an alarm rolls the release back.
 */
export class BlueGreenDeployment extends Construct implements Deployment {
  readonly action: Deployment["action"];
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  readonly environment: Deployment["environment"];

  constructor(scope: Construct, id: string, props: BlueGreenDeploymentProps) {
    super(scope, id);
    const { name, service, cluster, loadBalancer, smokeTest, shift, alarms } = props;
    const arn = (resource: string) => formatArn(this, { service: "codedeploy", resource });
    const role = new ServiceRole(this, "role", {
      name: `${name}-deployment`,
      service: "codedeploy.amazonaws.com",
      statements: this.shiftTraffic(props),
    });
    const application = new CodedeployApp(this, "application", { name, computePlatform: "ECS" });
    const config = `CodeDeployDefault.ECS${shift.trafficShift}`;
    const group = new CodedeployDeploymentGroup(this, "group", {
      appName: application.name,
      deploymentGroupName: name,
      deploymentConfigName: config,
      serviceRoleArn: role.role.arn,
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      ecsService: { clusterName: cluster.name, serviceName: service.serviceName },
      loadBalancerInfo: {
        targetGroupPairInfo: {
          prodTrafficRoute: { listenerArns: [loadBalancer.productionListenerArn] },
          testTrafficRoute: { listenerArns: [loadBalancer.testListenerArn] },
          targetGroup: service.routes.targetGroupNames.map((name) => ({ name })),
        },
      },
      blueGreenDeploymentConfig: {
        deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
        terminateBlueInstancesOnDeploymentSuccess: {
          action: "TERMINATE",
          terminationWaitTimeInMinutes: shift.bakeMinutes,
        },
      },
      autoRollbackConfiguration: {
        enabled: true,
        events: [
          "DEPLOYMENT_FAILURE",
          "DEPLOYMENT_STOP_ON_REQUEST",
          ...(alarms.length > 0 ? ["DEPLOYMENT_STOP_ON_ALARM"] : []),
        ],
      },
      ...(alarms.length > 0 && { alarmConfiguration: { enabled: true, alarms: [...alarms] } }),
      dependsOn: role.policies,
    });
    smokeTest.reportTo(arn(`deploymentgroup:${application.name}/${group.deploymentGroupName}`));
    this.environment = { SMOKE_TEST: smokeTest.functionName, PLACEMENT_PARAMETER: service.placement?.name ?? "" };
    this.action = {
      category: "Deploy",
      provider: "CodeDeployToECS",
      inputArtifacts: [ARTIFACTS.release],
      configuration: {
        ApplicationName: application.name,
        DeploymentGroupName: group.deploymentGroupName,
        TaskDefinitionTemplateArtifact: ARTIFACTS.release,
        TaskDefinitionTemplatePath: "taskdef.json",
        AppSpecTemplateArtifact: ARTIFACTS.release,
        AppSpecTemplatePath: "appspec.yaml",
        Image1ArtifactName: ARTIFACTS.release,
        Image1ContainerName: "IMAGE1_NAME",
      },
    };
    this.permissions = [
      {
        actions: ["codedeploy:CreateDeployment", "codedeploy:GetDeployment"],
        resources: [arn(`deploymentgroup:${application.name}/${group.deploymentGroupName}`)],
      },
      { actions: ["codedeploy:GetDeploymentConfig"], resources: [arn(`deploymentconfig:${config}`)] },
      {
        actions: [
          "codedeploy:GetApplication",
          "codedeploy:GetApplicationRevision",
          "codedeploy:RegisterApplicationRevision",
        ],
        resources: [arn(`application:${application.name}`)],
      },
      registerTaskDefinitions(this, service),
      passTaskRoles(service),
    ];
  }

  /** Calls of CodeDeploy itself. AWS's managed policy for it, AWSCodeDeployRoleForECS, covers every service of the account. */
  private shiftTraffic({
    service,
    cluster,
    loadBalancer,
    smokeTest,
    alarms,
  }: BlueGreenDeploymentProps): DataAwsIamPolicyDocumentStatement[] {
    return [
      { actions: ["ecs:DescribeServices", "ecs:UpdateServicePrimaryTaskSet"], resources: [service.serviceArn] },
      {
        actions: ["ecs:CreateTaskSet", "ecs:DeleteTaskSet"],
        resources: [formatArn(this, { service: "ecs", resource: `task-set/${cluster.name}/${service.serviceName}/*` })],
      },
      {
        actions: ["elasticloadbalancing:ModifyListener"],
        resources: [loadBalancer.productionListenerArn, loadBalancer.testListenerArn],
      },
      { actions: ["elasticloadbalancing:ModifyRule"], resources: service.routes.rules.map((rule) => rule.arn) },
      {
        // The Describe actions do not support resource-level permissions.
        // Source: "Actions defined by AWS Elastic Load Balancing V2", service authorization reference.
        actions: [
          "elasticloadbalancing:DescribeListeners",
          "elasticloadbalancing:DescribeRules",
          "elasticloadbalancing:DescribeTargetGroups",
        ],
        resources: ["*"],
      },
      { actions: ["lambda:InvokeFunction"], resources: [smokeTest.functionArn] },
      ...(alarms.length > 0
        ? [
            {
              actions: ["cloudwatch:DescribeAlarms"],
              resources: alarms.map((alarm) => formatArn(this, { service: "cloudwatch", resource: `alarm:${alarm}` })),
            },
          ]
        : []),
      passTaskRoles(service),
    ];
  }
}
