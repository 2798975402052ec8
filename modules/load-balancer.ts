import { DataAwsEc2ManagedPrefixList } from "@cdktf/provider-aws/lib/data-aws-ec2-managed-prefix-list/index.js";
import { Lb } from "@cdktf/provider-aws/lib/lb/index.js";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener/index.js";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";
import type { Settings } from "../settings/schema.ts";
import type { AccessLogBucket } from "./access-log-bucket.ts";
import type { Vpc } from "./vpc.ts";

export interface LoadBalancerProps {
  readonly name: string;
  readonly vpc: Vpc;
  readonly accessLogs: AccessLogBucket;
  readonly deletionProtection: boolean;
  /** A name and its certificate; plain HTTP without. */
  readonly tls?: Settings["tls"];
}

/** Port of the listener on which a release is tried before it gets its first visitor. */
const TEST_PORT = 8080;

/** Seconds that a connection may be silent; the services keep theirs open for longer, so that they never close first. */
const IDLE_TIMEOUT = 60;

/**
 * The way in to the services. It admits CloudFront alone, and answers 404 until a service puts a rule on its listeners.
 */
export class LoadBalancer extends Construct {
  readonly securityGroupId: string;
  readonly productionListenerArn: string;
  readonly testListenerArn: string;
  /** Where the test listener answers, for those few that it admits. */
  readonly testOrigin: string;
  readonly testPort = TEST_PORT;
  /** Name that CloudFront calls: the certificate's where there is one. */
  readonly hostName: string;
  readonly port: number;
  /** Where the production listener answers, for those that it admits. */
  readonly origin: string;
  /** What CloudWatch calls the load balancer: `app/<name>/<id>`. */
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
    new VpcSecurityGroupIngressRule(this, "from-cloudfront", {
      securityGroupId: securityGroup.id,
      description: "CloudFront's servers that face origins",
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
      securityGroups: [securityGroup.id],
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
        ? { protocol: "HTTPS", certificateArn: tls.certificateArn, sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" }
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
