import type { Alarm } from "./alarm.ts";
import type { Metric, Percent, Statistic, Sum } from "./metric.ts";

/** Requests per minute below which error rates are ignored: 1 failure in 10 requests may be a single visitor's. */
export const ENOUGH_REQUESTS = 20;

/** @param loadBalancer value of its CloudWatch dimension: `app/<name>/<id>` */
export function monitorLoadBalancer(loadBalancer: string) {
  const count = (name: string, period = 60): Sum => ({
    kind: "sum",
    of: [loadBalancerMetric(name, "Sum", { LoadBalancer: loadBalancer }, period)],
  });
  const requestsPerMinute = count("RequestCount");
  const ownErrors = count("HTTPCode_ELB_5XX_Count");
  const serviceErrors = count("HTTPCode_Target_5XX_Count");
  // A request without a healthy target counts only as an error of the load balancer.
  const asked: Sum = { kind: "sum", of: [...requestsPerMinute.of, ...ownErrors.of] };
  const errors: Sum = { kind: "sum", of: [...ownErrors.of, ...serviceErrors.of] };
  const errorShare: Percent = { kind: "percent", part: errors, of: asked };

  const alarm: Alarm = {
    name: "load-balancer-errors",
    title: "Visitors get server errors",
    value: { kind: "when-busy", value: errorShare, traffic: asked, atLeast: ENOUGH_REQUESTS },
    comparison: ">",
    threshold: 5,
    unit: "%",
    periods: 5,
    datapoints: 3,
    missing: "notBreaching",
    meaning: "More than 5% of requests get a 5xx response, from any service.",
    firstStep: "see on the dashboard whether the load balancer's own 5xx rise (no task responds) or a service's.",
    severity: "page",
  };
  return {
    metrics: {
      /** Per 10 seconds. Measured only on the laptop. */
      requests: count("RequestCount", 10),
      requestsPerMinute,
      ownErrors,
      serviceErrors,
      serviceClientErrors: count("HTTPCode_Target_4XX_Count"),
      errorShare,
    },
    alarms: [alarm],
  };
}

export function loadBalancerMetric(
  name: string,
  statistic: Statistic,
  dimensions: Readonly<Record<string, string>>,
  period = 60,
): Metric {
  return { kind: "metric", namespace: "AWS/ApplicationELB", name, dimensions, statistic, period };
}
