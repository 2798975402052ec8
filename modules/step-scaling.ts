import { Construct } from "constructs";
import { AppautoscalingPolicy } from "#aws/appautoscaling-policy";
import type { AppautoscalingTarget } from "#aws/appautoscaling-target";
import { CloudwatchMetricAlarm } from "#aws/cloudwatch-metric-alarm";
import type { Condition } from "../model/monitoring/alarm.ts";
import type { Sum } from "../model/monitoring/metric.ts";
import { stepAlarm } from "../model/monitoring/scaling.ts";
import type { Direction, StepScaling as Policies, Step, StepPolicy } from "../model/scaling.ts";
import { conditionOf } from "./alarms.ts";
import { replacedWith } from "./replaced-with.ts";

export interface StepScalingProps {
  readonly name: string;
  readonly target: AppautoscalingTarget;
  readonly scaling: Policies;
  /** The service's requests, over all its target groups. */
  readonly requests: Sum;
}

/** Step scaling of a service, driven by two alarms on its request count. */
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
        lifecycle: replacedWith(target),
        stepScalingPolicyConfiguration: {
          adjustmentType: "ChangeInCapacity",
          cooldown: policy.cooldown,
          // The busiest minute of the alarm selects the step, because the newest minute may not have all its requests yet.
          metricAggregationType: "Maximum",
          stepAdjustment: policy.steps.map((step) => adjustment(direction, policy, step)),
        },
      });
      const condition = stepAlarm(direction, policy, requests);
      new CloudwatchMetricAlarm(this, `${direction}-alarm`, {
        alarmName: `${name}-scale-${direction}`,
        alarmDescription: describe(direction, condition),
        ...conditionOf(condition, "requests a minute"),
        alarmActions: [arn],
      });
    }
  }
}

/** Application Auto Scaling measures a step's bounds from the alarm's threshold. A missing bound is infinite. */
function adjustment(direction: Direction, { threshold }: StepPolicy, { from, to, change }: Step) {
  const [lower, upper] = direction === "out" ? [from, to] : [to, from];
  return {
    ...(Number.isFinite(lower) && { metricIntervalLowerBound: String(lower - threshold) }),
    ...(Number.isFinite(upper) && { metricIntervalUpperBound: String(upper - threshold) }),
    scalingAdjustment: change,
  };
}

function describe(direction: Direction, { threshold, periods, datapoints }: Condition): string {
  return direction === "out"
    ? `${threshold} requests a minute or more in ${datapoints} of ${periods} minutes: adds tasks. No action is needed.`
    : `${threshold} requests a minute or fewer for ${periods} minutes: removes tasks, and stays in alarm while traffic is low.`;
}
