import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy/index.js";
import type { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target/index.js";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";
import type { Sum } from "../specs/monitoring/metric.ts";
import {
  type Direction,
  type StepScaling as Policies,
  type Step,
  type StepPolicy,
  stepAlarm,
} from "../specs/scaling.ts";
import { conditionOf } from "./alarms.ts";

export interface StepScalingProps {
  readonly name: string;
  readonly target: AppautoscalingTarget;
  readonly scaling: Policies;
  /** The service's requests, over all its target groups. */
  readonly requests: Sum;
}

/** Moves the number of a service's tasks in steps, by two alarms on its requests. */
export class StepScaling extends Construct {
  constructor(scope: Construct, id: string, { name, target, scaling, requests }: StepScalingProps) {
    super(scope, id);
    for (const direction of ["out", "in"] as const) {
      const policy = scaling[direction];
      const { arn } = new AppautoscalingPolicy(this, direction, {
        name: `${name}-scale-${direction}`,
        serviceNamespace: target.serviceNamespace,
        scalableDimension: target.scalableDimension,
        resourceId: target.resourceId,
        policyType: "StepScaling",
        stepScalingPolicyConfiguration: {
          adjustmentType: "ChangeInCapacity",
          cooldown: policy.cooldown,
          // The busiest of the alarm's minutes chooses the step: a minute whose requests have not come in yet is none.
          metricAggregationType: "Maximum",
          stepAdjustment: policy.steps.map((step) => adjustment(direction, policy, step)),
        },
      });
      new CloudwatchMetricAlarm(this, `${direction}-alarm`, {
        alarmName: `${name}-scale-${direction}`,
        alarmDescription: describe(direction, policy),
        ...conditionOf(stepAlarm(direction, policy, requests), "requests a minute"),
        alarmActions: [arn],
      });
    }
  }
}

/** Application Auto Scaling counts a step's bounds from the alarm's threshold, the lower one first; a bound left out is infinite. */
function adjustment(direction: Direction, { threshold }: StepPolicy, { from, to, change }: Step) {
  const [lower, upper] = direction === "out" ? [from, to] : [to, from];
  return {
    ...(Number.isFinite(lower) && { metricIntervalLowerBound: String(lower - threshold) }),
    ...(Number.isFinite(upper) && { metricIntervalUpperBound: String(upper - threshold) }),
    scalingAdjustment: change,
  };
}

function describe(direction: Direction, { threshold, minutes }: StepPolicy): string {
  return direction === "out"
    ? `${threshold} requests a minute or more for ${minutes} minutes: adds tasks. Nobody has to do anything.`
    : `${threshold} requests a minute or fewer for ${minutes} minutes: takes tasks away, and stays on while it is quiet.`;
}
