import { loadBalancerMetric } from "../../../model/monitoring/load-balancer.ts";
import type { Metric, Statistic } from "../../../model/monitoring/metric.ts";
import type { MonitoredService } from "../../../model/monitoring/service.ts";
import { ContainerMeter } from "../../system/ecs/container-meter.ts";
import type { EcsService } from "../../system/ecs/ecs-service.ts";
import type { EcsTask } from "../../system/ecs/ecs-task.ts";
import { type Outcome, REQUEST_TIMEOUT } from "../../system/load-balancer/router.ts";
import type { Metrics } from "./metrics.ts";

/** Status of the load balancer's own response if no task is healthy. */
const NO_TASK = 503;

/** True for requests in RequestCount, which excludes those without a healthy task and those that the client did not finish. */
export function isCounted(outcome: Outcome): boolean {
  return outcome.by === "task" || (outcome.status !== NO_TASK && outcome.status !== REQUEST_TIMEOUT);
}

/** Counts requests to a service as the load balancer does: in its own metrics and in those of the target group. */
export function requestCounter(metrics: Metrics, { loadBalancer, targetGroups }: MonitoredService["names"]) {
  const [TargetGroup = ""] = targetGroups;
  const ofAll = { LoadBalancer: loadBalancer };
  const ofGroup = { LoadBalancer: loadBalancer, TargetGroup };
  const series = (name: string, dimensions: Readonly<Record<string, string>>, statistic: Statistic = "Sum") =>
    metrics.series(loadBalancerMetric(name, statistic, dimensions));
  const both = (name: string) => [series(name, ofAll), series(name, ofGroup)];

  const requests = both("RequestCount");
  const responses = ["1XX", "2XX", "3XX", "4XX", "5XX"].map((kind) => both(`HTTPCode_Target_${kind}_Count`));
  const clientErrors = series("HTTPCode_ELB_4XX_Count", ofAll);
  const errors = series("HTTPCode_ELB_5XX_Count", ofAll);
  const latency = series("TargetResponseTime", ofGroup, "p99");

  return (outcome: Outcome, now = Date.now()): void => {
    const { by, status } = outcome;
    if (isCounted(outcome)) {
      for (const count of requests) {
        count.record(1, now);
      }
    }
    if (by === "task") {
      for (const count of responses[Math.floor(status / 100) - 1] ?? []) {
        count.record(1, now);
      }
      latency.record(outcome.seconds, now);
    } else {
      (status >= 500 ? errors : clientErrors).record(1, now);
    }
  };
}

/** Records the ECS and load balancer metrics of a service's tasks. */
export class TaskMeter {
  readonly #metrics: Metrics;
  readonly #of: MonitoredService["metrics"];
  readonly #service: EcsService;
  /** Last minute in which each task reported; a task reports once per minute. */
  readonly #reported = new WeakMap<EcsTask, string>();
  readonly #containers = new ContainerMeter();

  constructor(metrics: Metrics, monitoring: MonitoredService, service: EcsService) {
    this.#metrics = metrics;
    this.#of = monitoring.metrics;
    this.#service = service;
  }

  /** @param now Milliseconds since 1970. */
  async sample(now = Date.now()): Promise<void> {
    const record = (metric: Metric, value: number) => this.#metrics.series(metric).record(value, now);
    const { tasks, desired, group } = this.#service;
    const running = tasks.filter((task) => task.running);
    record(this.#of.runningTasks, running.length);
    record(this.#of.desiredTasks, desired);
    record(this.#of.pendingTasks, Math.max(desired - running.length, 0));
    const { healthy, unhealthy } = group.hosts;
    for (const metric of this.#of.healthyHosts) {
      record(metric, healthy);
    }
    for (const metric of this.#of.unhealthyHosts) {
      record(metric, unhealthy);
    }
    for (const task of running) {
      const minute = `${task.id} ${Math.floor(now / 60_000)}`;
      if (this.#reported.get(task) !== minute) {
        this.#reported.set(task, minute);
        const { cpu, memory } = await this.#utilization(task);
        record(this.#of.cpu, cpu);
        record(this.#of.memory, memory);
      }
    }
  }

  /**
   * Percent of the CPU and memory in the task definition. Processes are not limited to their share of the CPU, so it can
   * exceed 100.
   */
  async #utilization({ containers, service: { size } }: EcsTask): Promise<{ cpu: number; memory: number }> {
    let processors = 0;
    let bytes = 0;
    for (const container of containers) {
      const usage = await this.#containers.sample(container);
      processors += usage?.processors ?? 0;
      bytes += usage?.memory ?? 0;
    }
    return { cpu: (100 * processors * 1024) / size.cpu, memory: (100 * bytes) / (size.memory * 1024 ** 2) };
  }
}
