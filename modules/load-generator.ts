import { Construct } from "constructs";
import { CloudwatchLogGroup } from "#aws/cloudwatch-log-group";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { DataAwsSsmParameter } from "#aws/data-aws-ssm-parameter";
import { IamInstanceProfile } from "#aws/iam-instance-profile";
import { Instance } from "#aws/instance";
import { SecurityGroup } from "#aws/security-group";
import { VpcSecurityGroupEgressRule } from "#aws/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "#aws/vpc-security-group-ingress-rule";
import type { LoadProfile } from "../model/load-profile.ts";
import { environmentOf } from "./environment.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { userData, VEGETA } from "./load-generator/user-data.ts";
import type { Network } from "./network.ts";
import { PrivateBucket } from "./private-bucket.ts";
import { ServiceRole } from "./service-role.ts";

export interface LoadGeneratorProps {
  readonly vpc: Network;
  readonly loadBalancer: LoadBalancer;
  readonly loadTest: LoadProfile;
  /** EC2 instance type, with a Graviton processor. */
  readonly instanceType: string;
  /** Stops the instance after the load test. */
  readonly powerOff: boolean;
  /** Retention of the reports, in days. */
  readonly keepDays: number;
}

/** Public parameter with the newest image of Amazon Linux 2023 for Graviton. */
const IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";

/** GiB: room for the system and the results of the longest load test, 36 million of less than 600 bytes each. */
const VOLUME = 30;

/**
 * An instance that runs one load test against the load balancer when it starts, and writes its report to S3 and CloudWatch
 * Logs. Session Manager is the only access. A changed load test replaces the instance, which runs the new one.
 */
export class LoadGenerator extends Construct {
  readonly instanceId: string;
  readonly logGroupName: string;
  /** S3 URI of the reports. */
  readonly reports: string;

  constructor(scope: Construct, id: string, props: LoadGeneratorProps) {
    super(scope, id);
    const { vpc, loadBalancer, loadTest, instanceType, powerOff, keepDays } = props;
    const { prefix, region, account } = environmentOf(this);
    const name = `${prefix}-load-generator`;
    const logs = new CloudwatchLogGroup(this, "log-group", {
      name: `/${prefix}/load-generator`,
      retentionInDays: keepDays,
    });
    // Reports are expendable: the bucket is destroyed with the generator even if protection is on.
    const { bucket } = new PrivateBucket(this, "reports", {
      name: `${name}-reports-${account}`,
      expireAfterDays: keepDays,
      keepOldVersionsDays: 1,
      forceDestroy: true,
    });
    const securityGroup = this.securityGroup(name, props);
    const admission = this.admit(props);
    const { role, policies } = new ServiceRole(this, "role", {
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
        profile: loadTest,
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
      // A new image alone does not start another load test.
      lifecycle: { ignoreChanges: ["ami"] },
      dependsOn: [...admission, ...policies],
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
        description: "To the load balancer, AWS, and the Vegeta release, which have no fixed addresses",
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
      });
    }
    return group;
  }

  /**
   * Admits the load test. The load balancer has public addresses only, so requests arrive from the NAT gateways. A rule for
   * the generator's security group would not match them, because such a rule compares private addresses. The rules are
   * destroyed with the generator, which leaves CloudFront as the only source again.
   */
  private admit({ vpc, loadBalancer }: LoadGeneratorProps): VpcSecurityGroupIngressRule[] {
    return vpc.natAddresses.map(
      (address, index) =>
        new VpcSecurityGroupIngressRule(this, `from-nat-${index}`, {
          securityGroupId: loadBalancer.testSecurityGroupId,
          description: "Load generator, through NAT",
          cidrIpv4: `${address}/32`,
          ipProtocol: "tcp",
          fromPort: loadBalancer.port,
          toPort: loadBalancer.port,
        }),
    );
  }
}

/** Permissions of the Systems Manager agent for sessions; AWS's managed policy for it allows far more. */
function sessions(): DataAwsIamPolicyDocumentStatement {
  return {
    // The minimal policy in "Verify or add instance permissions for Session Manager", Systems Manager user guide.
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
