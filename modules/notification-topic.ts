import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { Construct } from "constructs";

export interface NotificationTopicProps {
  readonly name: string;
  readonly account: string;
  /** Gets every notification once its owner has confirmed the subscription. */
  readonly email?: string | undefined;
}

/** Services of AWS that report here: alarms, event rules and the developer tools' notifications. */
const PUBLISHERS = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "codestar-notifications.amazonaws.com"];

/** The topic that tells people. It has a key of its own, because alarms cannot publish to a topic under the key that AWS manages. */
export class NotificationTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, account, email }: NotificationTopicProps) {
    super(scope, id);
    const { partition } = new DataAwsPartition(this, "partition");
    const fromThisAccount = [{ test: "StringEquals", variable: "aws:SourceAccount", values: [account] }];
    const publishers = [{ type: "Service", identifiers: PUBLISHERS }];
    const keyPolicy = new DataAwsIamPolicyDocument(this, "key-document", {
      statement: [
        {
          sid: "AccountManagesKey",
          principals: [{ type: "AWS", identifiers: [`arn:${partition}:iam::${account}:root`] }],
          // A key without this statement cannot be managed by anybody. Source: "Default key policy", AWS KMS developer guide.
          actions: ["kms:*"],
          // In a key's own policy, * is that key.
          resources: ["*"],
        },
        {
          sid: "PublishersEncrypt",
          principals: publishers,
          actions: ["kms:Decrypt", "kms:GenerateDataKey"],
          resources: ["*"],
          condition: fromThisAccount,
        },
      ],
    });
    const key = new KmsKey(this, "key", {
      description: `Notifications of ${name}`,
      enableKeyRotation: true,
      policy: keyPolicy.json,
    });
    const topic = new SnsTopic(this, "topic", { name, kmsMasterKeyId: key.arn });
    const topicPolicy = new DataAwsIamPolicyDocument(this, "topic-document", {
      statement: [
        {
          sid: "PublishersPublish",
          principals: publishers,
          actions: ["sns:Publish"],
          resources: [topic.arn],
          condition: fromThisAccount,
        },
      ],
    });
    new SnsTopicPolicy(this, "topic-policy", { arn: topic.arn, policy: topicPolicy.json });
    if (email) {
      new SnsTopicSubscription(this, "email", { topicArn: topic.arn, protocol: "email", endpoint: email });
    }
    this.arn = topic.arn;
  }
}
