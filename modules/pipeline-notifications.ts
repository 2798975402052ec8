import { Construct } from "constructs";
import { CloudwatchEventRule } from "#aws/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "#aws/cloudwatch-event-target";
import type { Codepipeline } from "#aws/codepipeline";
import { environmentOf } from "./environment.ts";

export interface PipelineNotificationsProps {
  readonly pipeline: Codepipeline;
  /** Adds a message for every release that waits for approval. */
  readonly approval: boolean;
  readonly topicArn: string;
}

/**
 * Messages about a pipeline: failures, and releases that wait for approval. Through EventBridge, because a notification rule
 * of CodeStar Notifications needs a service-linked role, which AWS creates up to 15 minutes after the first rule fails.
 */
export class PipelineNotifications extends Construct {
  constructor(scope: Construct, id: string, { pipeline, approval, topicArn }: PipelineNotificationsProps) {
    super(scope, id);
    const source = { source: ["aws.codepipeline"] };
    // Format of the events: "Monitoring CodePipeline events", CodePipeline user guide.
    const messages = {
      failed: {
        text: "failed",
        pattern: {
          ...source,
          "detail-type": ["CodePipeline Pipeline Execution State Change"],
          detail: { pipeline: [pipeline.name], state: ["FAILED"] },
        },
      },
      ...(approval && {
        approval: {
          text: "waits for an approval",
          pattern: {
            ...source,
            "detail-type": ["CodePipeline Action Execution State Change"],
            detail: { pipeline: [pipeline.name], state: ["STARTED"], type: { category: ["Approval"] } },
          },
        },
      }),
    };
    const { region } = environmentOf(this);
    for (const [kind, { text, pattern }] of Object.entries(messages)) {
      const rule = new CloudwatchEventRule(this, kind, {
        name: `${pipeline.nameInput}-${kind}`,
        description: `A release of ${pipeline.nameInput} ${text}`,
        eventPattern: JSON.stringify(pattern),
      });
      new CloudwatchEventTarget(this, `${kind}-target`, {
        rule: rule.name,
        arn: topicArn,
        inputTransformer: {
          inputPaths: { pipeline: "$.detail.pipeline", execution: "$.detail.execution-id" },
          inputTemplate: `"Pipeline <pipeline> ${text}: https://${region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/<pipeline>/executions/<execution>/timeline?region=${region}"`,
        },
      });
    }
  }
}
