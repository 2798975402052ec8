import type { Emulator } from "../../../tools/emulator/emulator.ts";
import { aws } from "../../aws-cli.ts";

/** A stored step scaling policy, with its steps converted back to requests per minute. */
export interface StoredPolicy {
  readonly alarm: string;
  readonly missingData: string;
  readonly adjustment: string;
  /** Lower bound, upper bound, and number of tasks to add or remove. A missing bound is infinite. */
  readonly steps: readonly (readonly [from: number, to: number, change: number])[];
}

interface Policy {
  readonly PolicyName: string;
  readonly PolicyARN: string;
  readonly StepScalingPolicyConfiguration: {
    readonly AdjustmentType: string;
    readonly StepAdjustments: readonly {
      readonly MetricIntervalLowerBound?: number;
      readonly MetricIntervalUpperBound?: number;
      readonly ScalingAdjustment: number;
    }[];
  };
}

interface Alarm {
  readonly AlarmActions: readonly string[];
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly TreatMissingData: string;
}

const LIKE = "service/mysfits-emulator/mysfits-emulator-like";

/** Reads the scaling policies of the like service by name, with the AWS CLI. */
export async function storedPolicies(emulator: Emulator): Promise<Readonly<Record<string, StoredPolicy>>> {
  const { ScalingPolicies } = await aws<{ ScalingPolicies: Policy[] }>(
    emulator,
    ...["application-autoscaling", "describe-scaling-policies", "--service-namespace", "ecs", "--resource-id", LIKE],
  );
  const { MetricAlarms } = await aws<{ MetricAlarms: Alarm[] }>(emulator, "cloudwatch", "describe-alarms");
  return Object.fromEntries(
    ScalingPolicies.map((policy) => {
      const alarm = MetricAlarms.find(({ AlarmActions }) => AlarmActions.includes(policy.PolicyARN));
      if (alarm === undefined) {
        throw new Error(`no alarm triggers ${policy.PolicyName}`);
      }
      return [policy.PolicyName, stored(policy, alarm)];
    }),
  );
}

/** Minimum and maximum number of tasks of the like service. */
export async function storedBounds(emulator: Emulator): Promise<readonly [min: number, max: number]> {
  const { ScalableTargets } = await aws<{ ScalableTargets: { MinCapacity: number; MaxCapacity: number }[] }>(
    emulator,
    ...["application-autoscaling", "describe-scalable-targets", "--service-namespace", "ecs", "--resource-ids", LIKE],
  );
  const [{ MinCapacity = Number.NaN, MaxCapacity = Number.NaN } = {}] = ScalableTargets;
  return [MinCapacity, MaxCapacity];
}

function stored({ StepScalingPolicyConfiguration: configuration }: Policy, alarm: Alarm): StoredPolicy {
  return {
    alarm: `${alarm.ComparisonOperator} ${alarm.Threshold}`,
    missingData: alarm.TreatMissingData,
    adjustment: configuration.AdjustmentType,
    steps: configuration.StepAdjustments.map((step) => [
      alarm.Threshold + (step.MetricIntervalLowerBound ?? -Infinity),
      alarm.Threshold + (step.MetricIntervalUpperBound ?? Infinity),
      step.ScalingAdjustment,
    ]),
  };
}
