import type { Alarm } from "./alarm.ts";
import type { Metric, Percent, Statistic, Sum } from "./metric.ts";

/** Requests a minute below which a share of them says nothing: one in ten is one person's bad luck. */
export const ENOUGH_REQUESTS = 20;

/** @param loadBalancer what CloudWatch calls it: `app/<name>/<id>` */
export function watchLoadBalancer(loadBalancer: string) {
  const metric = (name: string, period = 60): Metric =>
    loadBalancerMetric(name, "Sum", { LoadBalancer: loadBalancer }, period);
  const ownErrors = metric("HTTPCode_ELB_5XX_Count");
  const serviceErrors = metric("HTTPCode_Target_5XX_Count");
  // A request that found no task to go to is counted only among the load balancer's own errors.
  const asked: Sum = { kind: "sum", of: [metric("RequestCount"), ownErrors] };
  const errorShare: Percent = { kind: "percent", part: { kind: "sum", of: [ownErrors, serviceErrors] }, of: asked };

  const errors: Alarm = {
    name: "load-balancer-errors",
    title: "Visitors get server errors",
    value: { kind: "when-busy", value: errorShare, traffic: asked, atLeast: ENOUGH_REQUESTS },
    comparison: ">",
    threshold: 5,
    unit: "%",
    periods: 5,
    datapoints: 3,
    missing: "notBreaching",
    meaning: "More than 5 in 100 requests end in a 5xx answer, from whichever service.",
    firstLook: "see on the dashboard whether the load balancer's own 5xx rise (no task answers) or a service's.",
    pages: true,
  };
  return {
    metrics: {
      /** Every ten seconds, as the labs draw it. */
      requests: metric("RequestCount", 10),
      requestsPerMinute: metric("RequestCount"),
      ownErrors,
      serviceErrors,
      serviceRefusals: metric("HTTPCode_Target_4XX_Count"),
      errorShare,
    },
    alarms: [errors],
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
