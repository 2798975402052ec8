import type { ServiceName } from "../service-name.ts";
import type { Alarm } from "./alarm.ts";
import { loadBalancerMetric } from "./load-balancer.ts";
import type { Maximum, Metric, Percent, Statistic, Sum } from "./metric.ts";

/** CloudWatch names of a service and its resources. */
export interface ServiceNames {
  readonly service: ServiceName;
  readonly ecsService: string;
  readonly cluster: string;
  readonly loadBalancer: string;
  /** `targetgroup/<name>/<id>` of each target group; a blue/green service has two. */
  readonly targetGroups: readonly string[];
  readonly logGroup: string;
  /** Minimum number of tasks for scaling. */
  readonly minTasks: number;
}

export type MonitoredService = ReturnType<typeof monitorService>;

export function monitorService(names: ServiceNames) {
  const metrics = serviceMetrics(names);
  const tasks = names.minTasks > 0 ? [tooFewTasks(names, metrics)] : [];
  return { names, metrics, alarms: [...tasks, unhealthyHosts(names, metrics), ...resourceAlarms(names, metrics)] };
}

export function serviceMetrics({
  ecsService,
  cluster,
  loadBalancer,
  targetGroups,
}: Pick<ServiceNames, "ecsService" | "cluster" | "loadBalancer" | "targetGroups">) {
  const dimensions = { ClusterName: cluster, ServiceName: ecsService };
  const used = (name: string, statistic: Statistic): Metric => ({
    kind: "metric",
    namespace: "AWS/ECS",
    name,
    dimensions,
    statistic,
    period: 60,
  });
  const counted = (name: string): Metric => ({ ...used(name, "Minimum"), namespace: "ECS/ContainerInsights" });
  const ofGroups = (name: string, statistic: Statistic, period = 60): readonly Metric[] =>
    targetGroups.map((group) =>
      loadBalancerMetric(name, statistic, { LoadBalancer: loadBalancer, TargetGroup: group }, period),
    );
  // A release moves the traffic from one group to the other, so each metric of the service covers all its groups.
  const sumOfGroups = (name: string, period?: number): Sum => ({ kind: "sum", of: ofGroups(name, "Sum", period) });
  const requests = sumOfGroups("RequestCount");
  const clientErrors = sumOfGroups("HTTPCode_Target_4XX_Count");
  const errors = sumOfGroups("HTTPCode_Target_5XX_Count");
  const failedShare: Percent = {
    kind: "percent",
    part: { kind: "sum", of: [...clientErrors.of, ...errors.of] },
    of: requests,
  };
  return {
    cpu: used("CPUUtilization", "Average"),
    memory: used("MemoryUtilization", "Average"),
    /** Number of tasks: each one reports its CPU once per minute. */
    taskCount: used("CPUUtilization", "SampleCount"),
    runningTasks: counted("RunningTaskCount"),
    desiredTasks: counted("DesiredTaskCount"),
    pendingTasks: counted("PendingTaskCount"),
    requests,
    /** Per 10 seconds. Measured only on the laptop. */
    requestsIn10s: sumOfGroups("RequestCount", 10),
    clientErrors,
    errors,
    failedShare,
    /** Seconds from the load balancer's request until the service's response headers. */
    latency: (statistic: Statistic): Maximum => ({ kind: "maximum", of: ofGroups("TargetResponseTime", statistic) }),
    healthyHosts: ofGroups("HealthyHostCount", "Minimum"),
    unhealthyHosts: ofGroups("UnHealthyHostCount", "Maximum"),
  };
}

export type ServiceMetrics = ReturnType<typeof serviceMetrics>;

function tooFewTasks({ service, minTasks }: ServiceNames, { runningTasks }: ServiceMetrics): Alarm {
  return {
    name: `${service}-tasks`,
    runbook: "service-tasks",
    title: `Too few ${service} tasks`,
    // Filled with zeros, because a service without tasks reports nothing and old datapoints would delay the page.
    value: { kind: "sum", of: [runningTasks] },
    comparison: "<",
    threshold: minTasks,
    periods: 3,
    datapoints: 3,
    // CloudWatch cannot fill a metric that has never reported.
    missing: "breaching",
    meaning: `The ${service} service runs too few tasks: scaling never goes below ${minTasks}.`,
    firstStep: "read the service's newest events in ECS: they say why a task does not start or stay.",
    severity: "page",
  };
}

function unhealthyHosts({ service }: ServiceNames, { unhealthyHosts }: ServiceMetrics): Alarm {
  return {
    name: `${service}-unhealthy-hosts`,
    runbook: "service-unhealthy-hosts",
    title: `Unhealthy ${service} tasks`,
    value: { kind: "maximum", of: unhealthyHosts },
    comparison: ">",
    threshold: 0,
    periods: 5,
    datapoints: 3,
    missing: "notBreaching",
    meaning: `A task of the ${service} service fails the load balancer's check and gets no requests.`,
    firstStep: "see in the target group which task it is and why, then read that task's log stream.",
    severity: "notify",
  };
}

function resourceAlarms({ service }: ServiceNames, { cpu, memory }: ServiceMetrics): readonly Alarm[] {
  const used = {
    comparison: ">",
    threshold: 80,
    unit: "%",
    periods: 5,
    datapoints: 5,
    missing: "notBreaching",
    severity: "notify",
  } as const;
  return [
    {
      ...used,
      name: `${service}-cpu`,
      runbook: "service-cpu",
      title: `CPU of ${service}`,
      value: cpu,
      meaning: `The tasks of the ${service} service have used more than 80% of their CPU for 5 minutes.`,
      firstStep: "see whether requests rise with it: if so, scaling should follow; if not, something burns CPU.",
    },
    {
      ...used,
      name: `${service}-memory`,
      runbook: "service-memory",
      title: `Memory of ${service}`,
      value: memory,
      meaning: `The tasks of the ${service} service have used more than 80% of their memory for 5 minutes.`,
      firstStep: "see whether it keeps climbing (a leak) or has been higher since a release.",
    },
  ];
}
