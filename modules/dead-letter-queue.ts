import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy/index.js";
import { Construct } from "constructs";

/** As long as SQS keeps anything: time to notice, to repair and to replay. */
const KEEP_SECONDS = 14 * 24 * 60 * 60;

/** Where work waits for a person that no further try would settle: encrypted, and over TLS only. */
export class DeadLetterQueue extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly url: string;

  constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    super(scope, id);
    const queue = new SqsQueue(this, "queue", {
      name,
      messageRetentionSeconds: KEEP_SECONDS,
      sqsManagedSseEnabled: true,
    });
    const overTlsOnly = new DataAwsIamPolicyDocument(this, "document", {
      statement: [
        {
          sid: "OverTlsOnly",
          effect: "Deny",
          principals: [{ type: "*", identifiers: ["*"] }],
          // A Deny that must leave nothing out.
          actions: ["sqs:*"],
          resources: [queue.arn],
          condition: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
        },
      ],
    });
    new SqsQueuePolicy(this, "policy", { queueUrl: queue.url, policy: overTlsOnly.json });
    this.name = queue.name;
    this.arn = queue.arn;
    this.url = queue.url;
  }
}
