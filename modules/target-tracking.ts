import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy/index.js";
import type { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target/index.js";
import { Construct } from "constructs";
import type { Formula } from "../specs/monitoring/metric.ts";
import { metricMath } from "../specs/monitoring/metric-math.ts";
import type { ServiceMetrics } from "../specs/monitoring/service.ts";
import { type TargetTracking as Tracking, trackedFigure } from "../specs/scaling.ts";

export interface TargetTrackingProps {
  readonly name: string;
  readonly target: AppautoscalingTarget;
  readonly scaling: Tracking;
  readonly metrics: ServiceMetrics;
}

/** Moves the number of a service's tasks so that a figure of the average task stays near its target, by alarms of AWS's own. */
export class TargetTracking extends Construct {
  constructor(scope: Construct, id: string, { name, target, scaling, metrics }: TargetTrackingProps) {
    super(scope, id);
    new AppautoscalingPolicy(this, "policy", {
      name: `${name}-${scaling.kind}`,
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
      policyType: "TargetTrackingScaling",
      targetTrackingScalingPolicyConfiguration: {
        targetValue: scaling.target,
        scaleOutCooldown: scaling.cooldown.out,
        scaleInCooldown: scaling.cooldown.in,
        ...(scaling.kind === "cpu"
          ? { predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" } }
          : { customizedMetricSpecification: { metrics: requestsPerTask(trackedFigure(scaling, metrics)) } }),
      },
    });
  }
}

/**
 * AWS's own figure of requests per target knows one target group, and a release moves on to another. The tasks are not
 * filled in, so that a minute of which nothing has come in yet is no minute without requests.
 */
function requestsPerTask(figure: Formula) {
  const {
    metrics,
    expressions: [expression],
  } = metricMath([figure]);
  return [
    ...metrics.map(({ id, metric: { namespace, name, dimensions, statistic } }) => ({
      id,
      metricStat: {
        metric: {
          namespace,
          metricName: name,
          dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })),
        },
        stat: statistic,
      },
      returnData: false,
    })),
    { id: "value", label: "requests per task", expression, returnData: true },
  ];
}
