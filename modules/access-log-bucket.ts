import { Construct } from "constructs";
import type { S3BucketPolicy } from "#aws/s3-bucket-policy";
import { environmentOf } from "./environment.ts";
import { PrivateBucket } from "./private-bucket.ts";

export interface AccessLogBucketProps {
  readonly name: string;
  readonly keepDays: number;
  readonly forceDestroy: boolean;
}

/** A bucket that load balancers of this account may write their access logs to. */
export class AccessLogBucket extends Construct {
  readonly bucketId: string;
  /** Dependency of everything that delivers logs: without it, delivery is denied. */
  readonly policy: S3BucketPolicy;

  constructor(scope: Construct, id: string, { name, keepDays, forceDestroy }: AccessLogBucketProps) {
    super(scope, id);
    const { account, prefix } = environmentOf(this);
    // Load balancers can only write to a bucket that is encrypted with S3's own key.
    // Source: "Enable access logs for your Application Load Balancer", Elastic Load Balancing user guide.
    const logs = new PrivateBucket(this, "bucket", {
      name,
      expireAfterDays: keepDays,
      keepOldVersionsDays: 1,
      forceDestroy,
    });
    this.bucketId = logs.bucket.id;
    this.policy = logs.allow({
      sid: "LoadBalancersWrite",
      principals: [{ type: "Service", identifiers: ["logdelivery.elasticloadbalancing.amazonaws.com"] }],
      actions: ["s3:PutObject"],
      // No condition on aws:SourceAccount: AWS does not document that load balancers send it, and without it every delivery
      // would be denied. The path restricts delivery to this account, because it contains the load balancer's own account.
      resources: [`${logs.bucket.arn}/${prefix}/AWSLogs/${account}/*`],
    });
  }
}
