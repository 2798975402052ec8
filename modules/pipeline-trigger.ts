import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import type { Codepipeline } from "@cdktf/provider-aws/lib/codepipeline/index.js";
import { Construct } from "constructs";
import { ServiceRole } from "./service-role.ts";

export interface PipelineTriggerProps {
  readonly name: string;
  readonly account: string;
  readonly pipeline: Codepipeline;
  /** Events that start the pipeline, each under what it is. */
  readonly events: Readonly<Record<string, object>>;
}

/** Starts a pipeline on events. */
export class PipelineTrigger extends Construct {
  constructor(scope: Construct, id: string, { name, account, pipeline, events }: PipelineTriggerProps) {
    super(scope, id);
    const role = new ServiceRole(this, "role", {
      name: `${name}-trigger`,
      service: "events.amazonaws.com",
      account,
      statements: [{ actions: ["codepipeline:StartPipelineExecution"], resources: [pipeline.arn] }],
    });
    for (const [event, pattern] of Object.entries(events)) {
      const rule = new CloudwatchEventRule(this, event, {
        name: `${name}-${event}`,
        description: `A ${event} starts ${name}`,
        eventPattern: JSON.stringify(pattern),
      });
      new CloudwatchEventTarget(this, `${event}-target`, {
        rule: rule.name,
        arn: pipeline.arn,
        roleArn: role.role.arn,
        dependsOn: role.policy ? [role.policy] : [],
      });
    }
  }
}

/** The event that a parameter's new value is. */
export function parameterChange(name: string): object {
  return {
    source: ["aws.ssm"],
    "detail-type": ["Parameter Store Change"],
    detail: { name: [name], operation: ["Create", "Update"] },
  };
}
