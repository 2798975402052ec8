import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";
import { functionCode } from "./function-code.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { ServiceRole } from "./service-role.ts";
import type { Vpc } from "./vpc.ts";

export interface SmokeTestProps {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly vpc: Vpc;
  readonly loadBalancer: LoadBalancer;
  readonly logRetentionDays: number;
}

/** MiB; a function's share of a processor grows with it. */
const MEMORY = 256;

/** Seconds in which the green side has to answer every check. */
const TIMEOUT_SECONDS = 120;

/**
 * The function that tries a release of like through the load balancer's test listener. The load balancer has public
 * addresses only, so the function goes out through NAT, and the listener admits the NAT gateways.
 */
export class SmokeTest extends Construct {
  readonly functionName: string;
  readonly functionArn: string;
  private readonly role: ServiceRole;

  constructor(scope: Construct, id: string, props: SmokeTestProps) {
    super(scope, id);
    const { name, account, vpc, loadBalancer } = props;
    const logs = new CloudwatchLogGroup(this, "log-group", {
      // Where Lambda writes unless it is told otherwise.
      name: `/aws/lambda/${name}`,
      retentionInDays: props.logRetentionDays,
    });
    const securityGroup = this.securityGroup(props);
    this.role = new ServiceRole(this, "role", {
      name,
      service: "lambda.amazonaws.com",
      account,
      statements: [
        { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logs.arn}:*`] },
        ...this.standInVpc(securityGroup, props),
      ],
    });
    const hook = new LambdaFunction(this, "function", {
      functionName: name,
      description: "Tries a release of the like service before its first visitor",
      ...functionCode(this, "smoke-test"),
      memorySize: MEMORY,
      timeout: TIMEOUT_SECONDS,
      role: this.role.role.arn,
      vpcConfig: { subnetIds: [...vpc.privateSubnetIds], securityGroupIds: [securityGroup.id] },
      environment: { variables: { TEST_ORIGIN: loadBalancer.testOrigin } },
      dependsOn: [logs, ...(this.role.policy ? [this.role.policy] : [])],
    });
    this.functionName = hook.functionName;
    this.functionArn = hook.arn;
  }

  /** Lets the function tell CodeDeploy what it found, of one deployment group. */
  reportTo(deploymentGroupArn: string): void {
    const document = new DataAwsIamPolicyDocument(this, "report-document", {
      statement: [{ actions: ["codedeploy:PutLifecycleEventHookExecutionStatus"], resources: [deploymentGroupArn] }],
    });
    new IamRolePolicy(this, "report-policy", { name: "report", role: this.role.role.id, policy: document.json });
  }

  private securityGroup({ name, vpc, loadBalancer }: SmokeTestProps): SecurityGroup {
    const group = new SecurityGroup(this, "security-group", {
      name,
      description: "Smoke test: to the test listener, and to AWS",
      vpcId: vpc.id,
    });
    for (const [to, port] of [
      ["test listener", loadBalancer.testPort],
      ["AWS", 443],
    ] as const) {
      new VpcSecurityGroupEgressRule(this, `to-${port}`, {
        securityGroupId: group.id,
        description: `To the ${to}, which has no fixed addresses`,
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
      });
    }
    vpc.natAddresses.forEach((address, index) => {
      new VpcSecurityGroupIngressRule(this, `from-nat-${index}`, {
        securityGroupId: loadBalancer.securityGroupId,
        description: "Smoke test, through NAT",
        cidrIpv4: `${address}/32`,
        ipProtocol: "tcp",
        fromPort: loadBalancer.testPort,
        toPort: loadBalancer.testPort,
      });
    });
    return group;
  }

  /** What Lambda does to give the function addresses in the private subnets. */
  private standInVpc(
    securityGroup: SecurityGroup,
    { region, account, vpc }: SmokeTestProps,
  ): DataAwsIamPolicyDocumentStatement[] {
    const { partition } = new DataAwsPartition(this, "partition");
    const arn = (thing: string) => `arn:${partition}:ec2:${region}:${account}:${thing}`;
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
      // Lambda refuses a function whose role may delete interfaces only: it tries the call on a made-up resource.
      { actions: ["ec2:DeleteNetworkInterface"], resources: [arn("*/*")] },
      {
        // EC2 knows no resources for reading. Source: "Actions defined by Amazon EC2", service authorization reference.
        actions: ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
        resources: ["*"],
      },
    ];
  }
}
