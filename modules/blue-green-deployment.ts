import { CodedeployApp } from "@cdktf/provider-aws/lib/codedeploy-app/index.js";
import { CodedeployDeploymentGroup } from "@cdktf/provider-aws/lib/codedeploy-deployment-group/index.js";
import type { DataAwsIamPolicyDocumentStatement } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition/index.js";
import { Construct } from "constructs";
import type { Settings } from "../settings/schema.ts";
import type { Cluster } from "./cluster.ts";
import { ARTIFACTS, type Deployment, passTaskRoles, registerTaskDefinitions } from "./deployment.ts";
import type { FargateService } from "./fargate-service.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { ServiceRole } from "./service-role.ts";
import type { SmokeTest } from "./smoke-test.ts";

export interface BlueGreenDeploymentProps {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly service: FargateService;
  readonly cluster: Cluster;
  readonly loadBalancer: LoadBalancer;
  readonly smokeTest: SmokeTest;
  readonly capacityProvider: string;
  /** How visitors move over, and how long the old tasks stay to take them back. */
  readonly shift: Pick<Settings["delivery"], "trafficShift" | "bakeMinutes">;
  /** CloudWatch alarms that take a release back. */
  readonly alarms: readonly string[];
}

/**
 * Releases of a service by CodeDeploy: new tasks beside the old ones, tried through the test listener, then visitors by
 * and by, and all of it taken back when the trial fails or an alarm goes off.
 */
export class BlueGreenDeployment extends Construct implements Deployment {
  readonly action: Deployment["action"];
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  readonly environment: Deployment["environment"];

  constructor(scope: Construct, id: string, props: BlueGreenDeploymentProps) {
    super(scope, id);
    const { name, service, cluster, loadBalancer, smokeTest, shift, alarms } = props;
    const { partition } = new DataAwsPartition(this, "partition");
    const arn = (kind: string) => `arn:${partition}:codedeploy:${props.region}:${props.account}:${kind}`;
    const role = new ServiceRole(this, "role", {
      name: `${name}-deployment`,
      service: "codedeploy.amazonaws.com",
      account: props.account,
      statements: this.shiftTraffic(partition, props),
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
      dependsOn: role.policy ? [role.policy] : [],
    });
    smokeTest.reportTo(arn(`deploymentgroup:${application.name}/${group.deploymentGroupName}`));
    this.environment = { SMOKE_TEST: smokeTest.functionName, CAPACITY_PROVIDER: props.capacityProvider };
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
      registerTaskDefinitions(),
      passTaskRoles(service),
    ];
  }

  /** What CodeDeploy does itself. AWSCodeDeployRoleForECS, which AWS manages for this, would allow it of every service. */
  private shiftTraffic(
    partition: string,
    { region, account, service, cluster, loadBalancer, smokeTest, alarms }: BlueGreenDeploymentProps,
  ): DataAwsIamPolicyDocumentStatement[] {
    const arn = (kind: string) => `arn:${partition}:${kind}`;
    return [
      { actions: ["ecs:DescribeServices", "ecs:UpdateServicePrimaryTaskSet"], resources: [service.serviceArn] },
      {
        // ECS knows no resource for this call, but which service it is for.
        // Source: "Actions defined by Amazon ECS", service authorization reference.
        actions: ["ecs:CreateTaskSet"],
        resources: ["*"],
        condition: [{ test: "ArnEquals", variable: "ecs:service", values: [service.serviceArn] }],
      },
      {
        actions: ["ecs:DeleteTaskSet"],
        resources: [arn(`ecs:${region}:${account}:task-set/${cluster.name}/${service.serviceName}/*`)],
      },
      {
        actions: ["elasticloadbalancing:ModifyListener"],
        resources: [loadBalancer.productionListenerArn, loadBalancer.testListenerArn],
      },
      { actions: ["elasticloadbalancing:ModifyRule"], resources: service.routes.rules.map((rule) => rule.arn) },
      {
        // Elastic Load Balancing knows no resources for reading.
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
              resources: alarms.map((alarm) => arn(`cloudwatch:${region}:${account}:alarm:${alarm}`)),
            },
          ]
        : []),
      passTaskRoles(service),
    ];
  }
}
