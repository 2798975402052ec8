import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { DataAwsIamPolicyDocumentStatement } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile/index.js";
import { Instance } from "@cdktf/provider-aws/lib/instance/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";
import type { Attack } from "../specs/attack.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { userData, VEGETA } from "./load-generator/user-data.ts";
import { PrivateBucket } from "./private-bucket.ts";
import { ServiceRole } from "./service-role.ts";
import type { Vpc } from "./vpc.ts";

export interface LoadGeneratorProps {
  /** Every name begins with it. */
  readonly prefix: string;
  readonly region: string;
  readonly account: string;
  readonly vpc: Vpc;
  readonly loadBalancer: LoadBalancer;
  readonly attack: Attack;
  /** An EC2 instance type with Graviton. */
  readonly instanceType: string;
  /** Whether the instance switches itself off when it is done. */
  readonly powerOff: boolean;
  /** Days that reports are kept. */
  readonly keepDays: number;
}

/** Amazon Linux 2023 for Graviton, the newest at the time. */
const IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";

/** GiB: the results of the longest attack at the highest rate, 36 million of less than 600 bytes, and the system. */
const VOLUME = 30;

/**
 * An instance that attacks the services through the load balancer once, as soon as it is up, and leaves its report in S3 and
 * CloudWatch Logs. Nobody reaches it but through Session Manager. A changed attack is a new instance, which attacks again.
 */
export class LoadGenerator extends Construct {
  readonly instanceId: string;
  readonly logGroupName: string;
  /** S3 address of the reports. */
  readonly reports: string;

  constructor(scope: Construct, id: string, props: LoadGeneratorProps) {
    super(scope, id);
    const { prefix, region, account, vpc, loadBalancer, attack, instanceType, powerOff, keepDays } = props;
    const name = `${prefix}-load-generator`;
    const logs = new CloudwatchLogGroup(this, "log-group", {
      name: `/${prefix}/load-generator`,
      retentionInDays: keepDays,
    });
    // Reports are nobody's loss: the bucket goes when the generator does, also where others are protected.
    const { bucket } = new PrivateBucket(this, "reports", {
      name: `${name}-reports-${account}`,
      expireAfterDays: keepDays,
      keepOldVersionsDays: 1,
      forceDestroy: true,
    });
    const securityGroup = this.securityGroup(name, props);
    const admission = this.admit(props);
    const { role, policy } = new ServiceRole(this, "role", {
      name,
      service: "ec2.amazonaws.com",
      statements: [
        sessions(),
        { actions: ["s3:PutObject"], resources: [`${bucket.arn}/*`] },
        { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logs.arn}:*`] },
      ],
    });
    this.reports = `s3://${bucket.bucket}`;
    this.logGroupName = logs.name;
    this.instanceId = new Instance(this, "instance", {
      ami: new DataAwsSsmParameter(this, "image", { name: IMAGE }).insecureValue,
      instanceType,
      subnetId: vpc.privateSubnetIds[0],
      associatePublicIpAddress: false,
      vpcSecurityGroupIds: [securityGroup.id],
      iamInstanceProfile: new IamInstanceProfile(this, "profile", { name, role: role.name }).name,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: VOLUME },
      userData: userData({
        attack,
        origin: loadBalancer.origin,
        region,
        reports: this.reports,
        logGroup: logs.name,
        powerOff,
        vegeta: VEGETA,
      }),
      userDataReplaceOnChange: true,
      instanceInitiatedShutdownBehavior: "stop",
      tags: { Name: name },
      // A new image is no reason to attack again.
      lifecycle: { ignoreChanges: ["ami"] },
      dependsOn: [...admission, ...(policy ? [policy] : [])],
    }).id;
  }

  private securityGroup(name: string, { vpc, loadBalancer }: LoadGeneratorProps): SecurityGroup {
    const group = new SecurityGroup(this, "security-group", {
      name,
      description: "Load generator: to the load balancer, and to AWS",
      vpcId: vpc.id,
    });
    for (const port of new Set([loadBalancer.port, 443])) {
      new VpcSecurityGroupEgressRule(this, `to-${port}`, {
        securityGroupId: group.id,
        description: `To the load balancer, AWS and Vegeta's release, which have no fixed addresses`,
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
      });
    }
    return group;
  }

  /**
   * Lets the attack in. The load balancer has public addresses only, so requests arrive from those of the NAT gateways; a rule
   * that names the generator's security group would match none of them, for such a rule compares private addresses. The rules
   * go with the generator, and CloudFront is the only way in again.
   */
  private admit({ vpc, loadBalancer }: LoadGeneratorProps): VpcSecurityGroupIngressRule[] {
    return vpc.natAddresses.map(
      (address, index) =>
        new VpcSecurityGroupIngressRule(this, `from-nat-${index}`, {
          securityGroupId: loadBalancer.securityGroupId,
          description: "Load generator, through NAT",
          cidrIpv4: `${address}/32`,
          ipProtocol: "tcp",
          fromPort: loadBalancer.port,
          toPort: loadBalancer.port,
        }),
    );
  }
}

/** What the agent of Systems Manager needs for sessions, and nothing of the rest that its managed policy allows. */
function sessions(): DataAwsIamPolicyDocumentStatement {
  return {
    // The smallest policy of "Verify or add instance permissions for Session Manager", Systems Manager user guide.
    actions: [
      "ssm:UpdateInstanceInformation",
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ],
    resources: ["*"],
  };
}
