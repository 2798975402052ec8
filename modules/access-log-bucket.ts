import type { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { Construct } from "constructs";
import { PrivateBucket } from "./private-bucket.ts";

export interface AccessLogBucketProps {
  readonly name: string;
  readonly account: string;
  readonly keepDays: number;
  readonly forceDestroy: boolean;
}

/** A bucket that load balancers of this account may write their access logs to. */
export class AccessLogBucket extends Construct {
  readonly bucketId: string;
  /** Delivery is refused until this stands. */
  readonly policy: S3BucketPolicy;

  constructor(scope: Construct, id: string, { name, account, keepDays, forceDestroy }: AccessLogBucketProps) {
    super(scope, id);
    // Load balancers can only write to a bucket under S3's own key.
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
      resources: [`${logs.bucket.arn}/*/AWSLogs/${account}/*`],
      condition: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [account] }],
    });
  }
}
