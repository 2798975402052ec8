import { Construct } from "constructs";
import { DataAwsIamPolicyDocument } from "#aws/data-aws-iam-policy-document";
import { KmsKey } from "#aws/kms-key";
import { SnsTopic } from "#aws/sns-topic";
import { SnsTopicPolicy } from "#aws/sns-topic-policy";
import { SnsTopicSubscription } from "#aws/sns-topic-subscription";
import { formatArn } from "./arn.ts";
import { environmentOf } from "./environment.ts";

export interface NotificationTopicProps {
  readonly name: string;
  /** Receives every notification once its owner confirms the subscription. */
  readonly email?: string | undefined;
}

/** The topic for notifications to people. It has its own key, because alarms cannot publish to a topic with AWS's managed key. */
export class NotificationTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, email }: NotificationTopicProps) {
    super(scope, id);
    const { account } = environmentOf(this);
    const alarms = {
      principals: [{ type: "Service", identifiers: ["cloudwatch.amazonaws.com"] }],
      condition: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [account] }],
    };
    // EventBridge does not support conditions in the policies of an encrypted topic and its key. With one, it would drop every
    // message silently. Source: "Resource-based policies for Amazon EventBridge", EventBridge user guide.
    const events = { principals: [{ type: "Service", identifiers: ["events.amazonaws.com"] }] };
    const keyPolicy = new DataAwsIamPolicyDocument(this, "key-document", {
      statement: [
        {
          sid: "AccountManagesKey",
          principals: [
            { type: "AWS", identifiers: [formatArn(this, { service: "iam", region: "", resource: "root" })] },
          ],
          // Without this statement, the key cannot be managed at all. Source: "Default key policy", AWS KMS developer guide.
          actions: ["kms:*"],
          // In a key policy, * means this key.
          resources: ["*"],
        },
        { sid: "AlarmsEncrypt", actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: ["*"], ...alarms },
        { sid: "EventsEncrypt", actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: ["*"], ...events },
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
        { sid: "AlarmsPublish", actions: ["sns:Publish"], resources: [topic.arn], ...alarms },
        { sid: "EventsPublish", actions: ["sns:Publish"], resources: [topic.arn], ...events },
      ],
    });
    new SnsTopicPolicy(this, "topic-policy", { arn: topic.arn, policy: topicPolicy.json });
    if (email) {
      new SnsTopicSubscription(this, "email", { topicArn: topic.arn, protocol: "email", endpoint: email });
    }
    this.arn = topic.arn;
  }
}
