import { Construct } from "constructs";
import { AppautoscalingPolicy } from "#aws/appautoscaling-policy";
import type { AppautoscalingTarget } from "#aws/appautoscaling-target";
import type { Formula } from "../model/monitoring/metric.ts";
import { metricMath } from "../model/monitoring/metric-math.ts";
import { trackedMetric } from "../model/monitoring/scaling.ts";
import type { ServiceMetrics } from "../model/monitoring/service.ts";
import type { TargetTracking as Tracking } from "../model/scaling.ts";
import { replacedWith } from "./replaced-with.ts";

export interface TargetTrackingProps {
  readonly name: string;
  readonly target: AppautoscalingTarget;
  readonly scaling: Tracking;
  readonly metrics: ServiceMetrics;
}

/** Target tracking scaling of a service: keeps a per-task metric near its target, with alarms that AWS manages. */
export class TargetTracking extends Construct {
  constructor(scope: Construct, id: string, { name, target, scaling, metrics }: TargetTrackingProps) {
    super(scope, id);
    new AppautoscalingPolicy(this, "policy", {
      name: `${name}-${scaling.kind}`,
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
      policyType: "TargetTrackingScaling",
      lifecycle: replacedWith(target),
      targetTrackingScalingPolicyConfiguration: {
        targetValue: scaling.target,
        scaleOutCooldown: scaling.cooldown.out,
        scaleInCooldown: scaling.cooldown.in,
        ...(scaling.kind === "cpu"
          ? { predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" } }
          : { customizedMetricSpecification: { metrics: requestsPerTask(trackedMetric(scaling, metrics)) } }),
      },
    });
  }
}

/**
 * AWS's predefined metric, ALBRequestCountPerTarget, covers one target group, but a release moves to the other. Missing
 * task counts are not filled in, so that a minute without data yet does not count as a minute without requests.
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
