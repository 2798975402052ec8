import { Construct } from "constructs";
import { DataAwsIamPolicyDocument } from "#aws/data-aws-iam-policy-document";
import { SqsQueue } from "#aws/sqs-queue";
import { SqsQueuePolicy } from "#aws/sqs-queue-policy";
import { overTlsOnly } from "./over-tls-only.ts";

/** The longest retention of SQS: time to notice, repair, and replay. */
const KEEP_SECONDS = 14 * 24 * 60 * 60;

/** A queue for work that failed permanently and that a person must look at. Encrypted, TLS only. */
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
    const document = new DataAwsIamPolicyDocument(this, "document", { statement: [overTlsOnly("sqs", [queue.arn])] });
    new SqsQueuePolicy(this, "policy", { queueUrl: queue.url, policy: document.json });
    this.name = queue.name;
    this.arn = queue.arn;
    this.url = queue.url;
  }
}
