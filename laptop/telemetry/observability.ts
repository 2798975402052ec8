import type { Container } from "../../model/container.ts";
import { type Monitoring, monitor, type ResourceNames } from "../../model/monitoring/monitoring.ts";
import { ODD_LIKES } from "../../model/monitoring/tracing.ts";
import type { ServiceName } from "../../model/service-name.ts";
import { perService } from "../../model/services.ts";
import type { Settings } from "../../settings/schema.ts";
import type { EcsService } from "../system/ecs/ecs-service.ts";
import type { EcsTask } from "../system/ecs/ecs-task.ts";
import { startTaskMetadata, type TaskMetadata } from "../system/ecs/task-metadata.ts";
import type { Outcome } from "../system/load-balancer/router.ts";
import type { Program } from "../system/processes/program.ts";
import { parseTableMetrics } from "../system/table/table-meter.ts";
import { LogStore } from "./logs/log-store.ts";
import { requestCounter, TaskMeter } from "./metrics/measurements.ts";
import { Metrics } from "./metrics/metrics.ts";
import { recordTableMetrics } from "./metrics/table-metrics.ts";
import type { Segment } from "./traces/trace.ts";
import { TraceStore } from "./traces/trace-store.ts";
import { Traffic } from "./traces/traffic.ts";
import { startXrayDaemon, type XrayDaemon } from "./traces/xray-daemon.ts";

/** Default port of the X-Ray daemon. */
const XRAY_PORT = 2000;

/** Console page with the traces of odd likes. */
const TRACES = `/traces?${new URLSearchParams({ filter: ODD_LIKES.filter })}`;

/** Milliseconds between two samples of the tasks. */
const SAMPLING = 10_000;

/** Milliseconds to wait for the other documents of a trace, because a caller sends its segment after the called service. */
const TRACE_SETTLES = 1_000;

/** Returns the settings without tracing and sidecars. */
export function withoutObservability(settings: Settings): Settings {
  return { ...settings, labs: { ...settings.labs, tracing: false, metadataProxy: false } };
}

/** Logs, traces, and metrics of the system, and the endpoints that its services expect: X-Ray daemon and task metadata. */
export class Observability {
  /** Log lines of all programs. */
  readonly logs = new LogStore();
  readonly traces: TraceStore;
  readonly metrics = new Metrics();
  readonly traffic = new Traffic(() => this.tasks);
  /** Metrics, alarms, and queries of this system, with the names that `metrics` uses. */
  readonly monitoring: Monitoring;
  readonly #services: EcsService[];
  readonly #daemon: XrayDaemon;
  readonly #metadata: TaskMetadata;
  readonly #meters: TaskMeter[] = [];
  #sampling: NodeJS.Timeout | undefined;

  /** Opens the ports that services connect to. */
  static async start(settings: Settings, tableName: string): Promise<Observability> {
    const names = {
      ...namesOf(settings.project.prefix, tableName),
      ...(settings.labs.tracing && { tracesUrl: TRACES }),
    };
    const traces = new TraceStore();
    const daemon = await startXrayDaemon(traces, XRAY_PORT);
    const services: EcsService[] = [];
    const tasks = () => services.flatMap((service) => service.tasks);
    const metadata = await startTaskMetadata({ ...settings, cluster: names.cluster }, tasks);
    return new Observability(monitor(settings, names), services, traces, daemon, metadata);
  }

  private constructor(
    monitoring: Monitoring,
    services: EcsService[],
    traces: TraceStore,
    daemon: XrayDaemon,
    metadata: TaskMetadata,
  ) {
    this.monitoring = monitoring;
    this.#services = services;
    this.traces = traces.on("document", (document) => this.#countTraced(document));
    this.#daemon = daemon;
    this.#metadata = metadata;
  }

  /** Address of the X-Ray daemon over UDP and TCP, such as `127.0.0.1:2000`. */
  get daemonAddress(): string {
    return this.#daemon.address;
  }

  /** Number of packets that the X-Ray daemon rejected. */
  get rejectedPackets(): number {
    return this.#daemon.rejected;
  }

  /** Records a line with the table's metrics; returns false for any other line. */
  takeTableMetrics(line: string): boolean {
    const metrics = parseTableMetrics(line);
    if (metrics) {
      recordTableMetrics(metrics, this.metrics);
    }
    return metrics !== undefined;
  }

  /** Tasks of all services. */
  get tasks(): readonly EcsTask[] {
    return this.#services.flatMap((service) => service.tasks);
  }

  /** Finds the program of a service's sidecar, preferably the one on the port of its definition; undefined if there is none. */
  sidecar(service: ServiceName, name: string): Program | undefined {
    const sidecars = this.tasks
      .filter((task) => task.service.name === service)
      .flatMap((task) => task.container(name) ?? []);
    return (sidecars.find(({ container, program }) => program.port === container.port) ?? sidecars[0])?.program;
  }

  /** Additional environment variables of a service. */
  get environment(): Readonly<Record<string, string>> {
    return { AWS_XRAY_DAEMON_ADDRESS: this.#daemon.address };
  }

  /** Additional environment variables of a task's sidecar. */
  sidecarEnvironment(task: EcsTask, sidecar: Container): Readonly<Record<string, string>> {
    return this.#metadata.environmentFor(task, sidecar);
  }

  /** Number of documents requested from the task metadata endpoint about the tasks of a service. */
  requested(service: ServiceName): Readonly<Record<"metadata" | "stats", number>> {
    return this.#metadata.requested(service);
  }

  /** Returns a counter of requests to a service, for the router to call. */
  requestCounter(service: ServiceName): (outcome: Outcome) => void {
    const count = requestCounter(this.metrics, this.monitoring.services[service].names);
    return (outcome) => {
      count(outcome);
      this.traffic.route(service, outcome);
    };
  }

  /** Adds a service and starts to measure its tasks. */
  add(service: EcsService): void {
    this.#services.push(service);
    this.#meters.push(new TaskMeter(this.metrics, this.monitoring.services[service.name], service));
    this.#sampling ??= setInterval(() => this.#sample(), SAMPLING).unref();
  }

  /** Closes the ports. Stored telemetry can still be read. */
  async stop(): Promise<void> {
    clearInterval(this.#sampling);
    await Promise.all([this.#daemon.stop(), this.#metadata.stop()]);
  }

  /** Counts a segment as a called or direct request. One with a parent waits for the documents that show which. */
  #countTraced(segment: Segment): void {
    if (segment.parent_id === undefined) {
      this.traffic.trace(segment, "direct");
      return;
    }
    setTimeout(() => {
      const isRoot = this.traces.get(segment.trace_id)?.roots.includes(segment.id);
      this.traffic.trace(segment, isRoot ? "direct" : "called");
    }, TRACE_SETTLES).unref();
  }

  async #sample(): Promise<void> {
    await Promise.all(this.#meters.map((meter) => meter.sample()));
  }
}

/** Returns the names that replace those of deployed resources. */
function namesOf(prefix: string, table: string): ResourceNames {
  const service = (name: string) => ({
    ecsService: name,
    targetGroups: [`targetgroup/${prefix}-${name}/laptop`],
    logGroup: `/${prefix}/${name}`,
  });
  return {
    loadBalancer: `app/${prefix}/laptop`,
    cluster: prefix,
    services: perService(service),
    table,
  };
}
