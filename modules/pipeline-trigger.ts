import { Construct } from "constructs";
import { CloudwatchEventRule } from "#aws/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "#aws/cloudwatch-event-target";
import type { Codepipeline } from "#aws/codepipeline";
import { ServiceRole } from "./service-role.ts";

export interface PipelineTriggerProps {
  readonly name: string;
  readonly pipeline: Codepipeline;
  /** Event patterns that start the pipeline, by a short name. */
  readonly events: Readonly<Record<string, object>>;
}

/** Starts a pipeline on events. */
export class PipelineTrigger extends Construct {
  constructor(scope: Construct, id: string, { name, pipeline, events }: PipelineTriggerProps) {
    super(scope, id);
    const role = new ServiceRole(this, "role", {
      name: `${name}-trigger`,
      service: "events.amazonaws.com",
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
        dependsOn: role.policies,
      });
    }
  }
}

/** Event pattern of a new value of one of the parameters. */
export function parameterChange(names: readonly string[]): object {
  return {
    source: ["aws.ssm"],
    "detail-type": ["Parameter Store Change"],
    detail: { name: names, operation: ["Create", "Update"] },
  };
}
