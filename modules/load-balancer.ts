import { Construct } from "constructs";
import { DataAwsEc2ManagedPrefixList } from "#aws/data-aws-ec2-managed-prefix-list";
import { Lb } from "#aws/lb";
import { LbListener } from "#aws/lb-listener";
import { Route53Record } from "#aws/route53-record";
import { SecurityGroup } from "#aws/security-group";
import { VpcSecurityGroupIngressRule } from "#aws/vpc-security-group-ingress-rule";
import type { Settings } from "../settings/schema.ts";
import type { AccessLogBucket } from "./access-log-bucket.ts";
import type { Network } from "./network.ts";

export interface LoadBalancerProps {
  readonly name: string;
  readonly vpc: Network;
  readonly accessLogs: AccessLogBucket;
  readonly deletionProtection: boolean;
  /** Host name and certificate. Without them, the listeners use plain HTTP. */
  readonly tls?: Settings["tls"];
}

/** AWS's recommendation, with post-quantum key exchange. Source: "Security policies", Application Load Balancer user guide. */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/** Port of the listener for smoke tests of a release before it receives traffic. */
const TEST_PORT = 8080;

/** Seconds that a connection may be idle. The services' timeout is longer, so that the load balancer always closes first. */
const IDLE_TIMEOUT = 60;

/** The public load balancer of the services. It admits CloudFront only, and answers 404 to requests that no rule matches. */
export class LoadBalancer extends Construct {
  readonly securityGroupId: string;
  /**
   * Second security group, for ingress rules of tests that arrive through NAT. CloudFront's prefix list counts as 55 of the 60
   * rules of a group. Source: "AWS-managed prefix list weight" and "Amazon VPC quotas", Amazon VPC user guide.
   */
  readonly testSecurityGroupId: string;
  readonly productionListenerArn: string;
  readonly testListenerArn: string;
  /** Scheme, host, and port of the test listener. */
  readonly testOrigin: string;
  readonly testPort = TEST_PORT;
  /** Host name of the origin in CloudFront: the certificate's, if there is one. */
  readonly hostName: string;
  readonly port: number;
  /** Scheme and host of the production listener. */
  readonly origin: string;
  /** Dimension of its CloudWatch metrics: `app/<name>/<id>`. */
  readonly arnSuffix: string;

  constructor(scope: Construct, id: string, { name, vpc, accessLogs, deletionProtection, tls }: LoadBalancerProps) {
    super(scope, id);
    this.port = tls ? 443 : 80;
    const securityGroup = new SecurityGroup(this, "security-group", {
      name: `${name}-load-balancer`,
      description: "Load balancer: from CloudFront, to the tasks",
      vpcId: vpc.id,
    });
    this.securityGroupId = securityGroup.id;
    const testSecurityGroup = new SecurityGroup(this, "test-security-group", {
      name: `${name}-load-balancer-tests`,
      description: "Load balancer: from tests, through NAT",
      vpcId: vpc.id,
    });
    this.testSecurityGroupId = testSecurityGroup.id;
    new VpcSecurityGroupIngressRule(this, "from-cloudfront", {
      securityGroupId: securityGroup.id,
      description: "CloudFront origin-facing servers",
      prefixListId: new DataAwsEc2ManagedPrefixList(this, "cloudfront", {
        name: "com.amazonaws.global.cloudfront.origin-facing",
      }).id,
      ipProtocol: "tcp",
      fromPort: this.port,
      toPort: this.port,
    });

    const balancer = new Lb(this, "load-balancer", {
      name,
      loadBalancerType: "application",
      internal: false,
      subnets: [...vpc.publicSubnetIds],
      securityGroups: [securityGroup.id, testSecurityGroup.id],
      enableDeletionProtection: deletionProtection,
      dropInvalidHeaderFields: true,
      idleTimeout: IDLE_TIMEOUT,
      accessLogs: { bucket: accessLogs.bucketId, prefix: name, enabled: true },
      dependsOn: [accessLogs.policy],
    });
    this.arnSuffix = balancer.arnSuffix;
    this.productionListenerArn = this.listener("production", balancer, this.port, tls);
    this.testListenerArn = this.listener("test", balancer, TEST_PORT, tls);
    this.hostName = tls ? this.record(balancer, tls) : balancer.dnsName;
    this.origin = `${tls ? "https" : "http"}://${this.hostName}`;
    this.testOrigin = `${this.origin}:${TEST_PORT}`;
  }

  private listener(kind: string, balancer: Lb, port: number, tls: Settings["tls"]): string {
    return new LbListener(this, `${kind}-listener`, {
      loadBalancerArn: balancer.arn,
      port,
      ...(tls
        ? { protocol: "HTTPS", certificateArn: tls.certificateArn, sslPolicy: TLS_POLICY }
        : { protocol: "HTTP" }),
      defaultAction: [
        {
          type: "fixed-response",
          fixedResponse: { statusCode: "404", contentType: "application/json", messageBody: '{"error":"not found"}' },
        },
      ],
    }).arn;
  }

  private record(balancer: Lb, tls: NonNullable<Settings["tls"]>): string {
    return new Route53Record(this, "record", {
      zoneId: tls.hostedZoneId,
      name: tls.hostName,
      type: "A",
      alias: { name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true },
    }).fqdn;
  }
}
