import type { Settings } from "../settings/schema.ts";
import type { Container } from "../specs/container.ts";
import { type Names, type Watched, watch } from "../specs/monitoring/monitoring.ts";
import { ODD_LIKES } from "../specs/monitoring/tracing.ts";
import type { ServiceName } from "../specs/services.ts";
import type { EcsService } from "./ecs/ecs-service.ts";
import type { EcsTask } from "./ecs/ecs-task.ts";
import { startTaskMetadata, type TaskMetadata } from "./ecs/task-metadata.ts";
import type { Outcome } from "./load-balancer/router.ts";
import { LogStore } from "./logs/log-store.ts";
import { requestCounter, TaskMeter } from "./metrics/measurements.ts";
import { Metrics } from "./metrics/metrics.ts";
import type { Program } from "./processes/program.ts";
import { keepTableFigures } from "./table/table-meter.ts";
import { TraceStore } from "./traces/trace-store.ts";
import { Traffic } from "./traces/traffic.ts";
import { startXrayDaemon, type XrayDaemon } from "./traces/xray-daemon.ts";

/** The port of the X-Ray daemon, as everybody knows it. */
const XRAY_PORT = 2000;

/** Where the console shows the traces of odd likes. */
const TRACES = `/traces?${new URLSearchParams({ filter: ODD_LIKES.filter })}`;

/** Milliseconds between two looks at the tasks. */
const SAMPLING = 10_000;

/** The settings for a system that nobody watches: no sidecars, no traces. */
export function unobserved(settings: Settings): Settings {
  return { ...settings, labs: { ...settings.labs, tracing: "off", metadataProxy: "off" } };
}

/** What the runner keeps of the system's logs, traces and metrics, and what the system's services expect beside them. */
export class Observability {
  /** The lines of every program. */
  readonly logs = new LogStore();
  readonly traces: TraceStore;
  readonly metrics = new Metrics();
  readonly traffic = new Traffic(() => this.tasks);
  /** The metrics, alarms and queries of this system, with the names under which `metrics` has them. */
  readonly watched: Watched;
  readonly #services: EcsService[];
  readonly #daemon: XrayDaemon;
  readonly #metadata: TaskMetadata;
  readonly #meters: TaskMeter[] = [];
  #looks: NodeJS.Timeout | undefined;

  /** Opens the ports that services look for. */
  static async start(settings: Settings, tableName: string): Promise<Observability> {
    const names = { ...namesOf(tableName), ...(settings.labs.tracing === "on" && { tracesUrl: TRACES }) };
    const traces = new TraceStore();
    const daemon = await startXrayDaemon(traces, XRAY_PORT);
    const services: EcsService[] = [];
    const tasks = () => services.flatMap((service) => service.tasks);
    const metadata = await startTaskMetadata({ ...settings, cluster: names.cluster }, tasks);
    return new Observability(watch(settings, names), services, traces, daemon, metadata);
  }

  private constructor(
    watched: Watched,
    services: EcsService[],
    traces: TraceStore,
    daemon: XrayDaemon,
    metadata: TaskMetadata,
  ) {
    this.watched = watched;
    this.#services = services;
    this.traces = traces.on("document", (document) => this.traffic.trace(document));
    this.#daemon = daemon;
    this.#metadata = metadata;
  }

  /** Where the X-Ray daemon listens, over UDP and TCP, such as `127.0.0.1:2000`. */
  get daemonAddress(): string {
    return this.#daemon.address;
  }

  /** How many packets the daemon could make nothing of. */
  get refusedPackets(): number {
    return this.#daemon.refused;
  }

  /** Takes a line in which the table tells its figures. */
  keepTableFigures(line: string): void {
    keepTableFigures(line, this.metrics);
  }

  /** As ECS would see them: those of all services. */
  get tasks(): readonly EcsTask[] {
    return this.#services.flatMap((service) => service.tasks);
  }

  /** The program of a service's sidecar, where the sidecar's description has it if one is there; undefined when there is none. */
  sidecar(service: ServiceName, name: string): Program | undefined {
    const sidecars = this.tasks
      .filter((task) => task.service.name === service)
      .flatMap((task) => task.container(name) ?? []);
    return (sidecars.find(({ container, program }) => program.port === container.port) ?? sidecars[0])?.program;
  }

  /** What a service must be told besides its description. */
  get environment(): Readonly<Record<string, string>> {
    return { AWS_XRAY_DAEMON_ADDRESS: this.#daemon.address };
  }

  /** What a task's sidecar must be told besides its description. */
  sidecarEnvironment(task: EcsTask, sidecar: Container): Readonly<Record<string, string>> {
    return this.#metadata.environmentFor(task, sidecar);
  }

  /** What somebody has asked the task metadata endpoint about tasks of a service. */
  asked(service: ServiceName): ReadonlySet<"metadata" | "stats"> {
    return this.#metadata.asked(service);
  }

  /** Counts the requests to a service, as the router tells of them. */
  requestCounter(service: ServiceName): (outcome: Outcome) => void {
    const count = requestCounter(this.metrics, this.watched[service].names);
    return (outcome) => {
      count(outcome);
      this.traffic.route(service, outcome);
    };
  }

  /** Makes a service known, and measures its tasks from now on. */
  add(service: EcsService): void {
    this.#services.push(service);
    this.#meters.push(new TaskMeter(this.metrics, this.watched[service.name], service));
    this.#looks ??= setInterval(() => this.#look(), SAMPLING).unref();
  }

  /** Closes the ports; what was kept can still be read. */
  async stop(): Promise<void> {
    clearInterval(this.#looks);
    await Promise.all([this.#daemon.stop(), this.#metadata.stop()]);
  }

  async #look(): Promise<void> {
    await Promise.all(this.#meters.map((meter) => meter.sample()));
  }
}

/** The names stand where CloudWatch has those of the deployed parts. */
function namesOf(table: string): Names {
  const service = (name: string) => ({
    ecsService: name,
    targetGroups: [`targetgroup/mysfits-${name}/laptop`],
    logGroup: `/mysfits/${name}`,
  });
  return {
    loadBalancer: "app/mysfits/laptop",
    cluster: "mysfits",
    services: { like: service("like"), monolith: service("monolith") },
    table,
  };
}
