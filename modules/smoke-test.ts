import { Construct } from "constructs";
import { DataAwsIamPolicyDocument, type DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import type { IamRole } from "#aws/iam-role";
import { IamRolePolicy } from "#aws/iam-role-policy";
import { SecurityGroup } from "#aws/security-group";
import { VpcSecurityGroupEgressRule } from "#aws/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "#aws/vpc-security-group-ingress-rule";
import { Lazy } from "#cdktf";
import { formatArn } from "./arn.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { Network } from "./network.ts";
import { nodeFunction } from "./node-function.ts";

export interface SmokeTestProps {
  readonly name: string;
  readonly vpc: Network;
  readonly loadBalancer: LoadBalancer;
  readonly logRetentionDays: number;
}

/** MiB */
const MEMORY = 256;

/** Seconds for all checks of the green tasks. */
const TIMEOUT_SECONDS = 120;

/**
 * A function that tests a release of the like service through the load balancer's test listener. The load balancer has
 * public addresses only, so the function's requests pass through NAT, and the listener admits the NAT gateways.
 */
export class SmokeTest extends Construct {
  readonly functionName: string;
  readonly functionArn: string;
  private readonly role: IamRole;
  private readonly deploymentGroups: string[] = [];

  constructor(scope: Construct, id: string, props: SmokeTestProps) {
    super(scope, id);
    const { name, vpc, loadBalancer, logRetentionDays } = props;
    const securityGroup = this.securityGroup(props);
    const { lambda, role } = nodeFunction(this, {
      name,
      description: "Tests a release of the like service before visitors reach it",
      program: "smoke-test",
      memory: MEMORY,
      timeoutSeconds: TIMEOUT_SECONDS,
      variables: { TEST_ORIGIN: loadBalancer.testOrigin },
      logRetentionDays,
      permissions: this.joinVpc(securityGroup, vpc),
      options: { vpcConfig: { subnetIds: [...vpc.privateSubnetIds], securityGroupIds: [securityGroup.id] } },
    });
    this.role = role;
    this.functionName = lambda.functionName;
    this.functionArn = lambda.arn;
  }

  /** Lets the function report its result to CodeDeploy, for one more deployment group. */
  reportTo(deploymentGroupArn: string): void {
    this.deploymentGroups.push(deploymentGroupArn);
    if (this.deploymentGroups.length > 1) {
      return;
    }
    const resources = Lazy.listValue({ produce: () => this.deploymentGroups });
    const document = new DataAwsIamPolicyDocument(this, "report-document", {
      statement: [{ actions: ["codedeploy:PutLifecycleEventHookExecutionStatus"], resources }],
    });
    new IamRolePolicy(this, "report-policy", { name: "report", role: this.role.id, policy: document.json });
  }

  private securityGroup({ name, vpc, loadBalancer }: SmokeTestProps): SecurityGroup {
    const group = new SecurityGroup(this, "security-group", {
      name,
      description: "Smoke test: to the test listener, and to AWS",
      vpcId: vpc.id,
    });
    for (const [to, port] of [
      ["the test listener", loadBalancer.testPort],
      ["AWS", 443],
    ] as const) {
      new VpcSecurityGroupEgressRule(this, `to-${port}`, {
        securityGroupId: group.id,
        description: `To ${to}, which has no fixed addresses`,
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
      });
    }
    vpc.natAddresses.forEach((address, index) => {
      new VpcSecurityGroupIngressRule(this, `from-nat-${index}`, {
        securityGroupId: loadBalancer.testSecurityGroupId,
        description: "Smoke test, through NAT",
        cidrIpv4: `${address}/32`,
        ipProtocol: "tcp",
        fromPort: loadBalancer.testPort,
        toPort: loadBalancer.testPort,
      });
    });
    return group;
  }

  /** Permissions with which Lambda gives the function addresses in the private subnets. */
  private joinVpc(securityGroup: SecurityGroup, vpc: Network): DataAwsIamPolicyDocumentStatement[] {
    const arn = (resource: string) => formatArn(this, { service: "ec2", resource });
    return [
      {
        actions: ["ec2:CreateNetworkInterface"],
        resources: [
          ...vpc.privateSubnetIds.map((id) => arn(`subnet/${id}`)),
          arn(`security-group/${securityGroup.id}`),
          arn("network-interface/*"),
        ],
      },
      {
        actions: ["ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"],
        resources: [arn("network-interface/*")],
      },
      // Lambda rejects a role whose permission is limited to network interfaces: it tests the call on a made-up resource.
      { actions: ["ec2:DeleteNetworkInterface"], resources: [arn("*/*")] },
      {
        // The Describe actions do not support resource-level permissions.
        // Source: "Actions defined by Amazon EC2", service authorization reference.
        actions: ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
        resources: ["*"],
      },
    ];
  }
}
