import type { Settings } from "../settings/schema.ts";
import { type Names, type Watched, watch } from "../specs/monitoring/monitoring.ts";
import type { Service, ServiceName } from "../specs/services.ts";
import { EcsTask } from "./ecs-task.ts";
import { LogStore } from "./log-store.ts";
import { requestCounter, TaskMeter } from "./measurements.ts";
import { Metrics } from "./metrics.ts";
import type { Outcome } from "./router.ts";
import { startSidecar } from "./sidecar.ts";
import { hasTableFigures, keepTableFigures } from "./table-meter.ts";
import type { TargetGroup } from "./target-group.ts";
import { Task } from "./task.ts";
import { startTaskMetadata, type TaskMetadata } from "./task-metadata.ts";
import { TraceStore } from "./trace-store.ts";
import { startXrayDaemon, type XrayDaemon } from "./xray-daemon.ts";

/** The port of the X-Ray daemon, as everybody knows it. */
const XRAY_PORT = 2000;

/** Milliseconds between two looks at the tasks. */
const SAMPLING = 10_000;

/** Seconds; a sidecar has nothing under way that is worth more. */
const SIDECAR_DRAIN = 5;

/** The settings for a system that nobody watches: no sidecars, no traces. */
export function unobserved(settings: Settings): Settings {
  return { ...settings, labs: { ...settings.labs, tracing: "off", metadataProxy: "off" } };
}

/** What the runner keeps of the system's logs, traces and metrics, and what the system's services expect beside them. */
export class Observability {
  /** The lines of every task. */
  readonly logs = new LogStore();
  readonly traces: TraceStore;
  readonly metrics = new Metrics();
  /** The metrics, alarms and queries of this system, with the names under which `metrics` has them. */
  readonly watched: Watched;
  /** As ECS would see them. */
  readonly tasks: EcsTask[] = [];
  readonly #daemon: XrayDaemon;
  readonly #metadata: TaskMetadata;
  readonly #meters: TaskMeter[] = [];
  readonly #sidecars: Task[] = [];
  readonly #stopped = new AbortController();
  #looks: NodeJS.Timeout | undefined;

  /** Opens the ports that services look for. */
  static async start(settings: Settings, tableName: string): Promise<Observability> {
    const names = namesOf(tableName);
    const traces = new TraceStore();
    const daemon = await startXrayDaemon(traces, XRAY_PORT);
    const metadata = await startTaskMetadata({ ...settings, cluster: names.cluster });
    return new Observability(watch(withOneTaskEach(settings), names), traces, daemon, metadata);
  }

  private constructor(watched: Watched, traces: TraceStore, daemon: XrayDaemon, metadata: TaskMetadata) {
    this.watched = watched;
    this.traces = traces;
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

  /** Takes a line that a task wrote. */
  keep(task: string, line: string): void {
    if (hasTableFigures(line)) {
      keepTableFigures(line, this.metrics);
    } else {
      this.logs.add(task, line);
    }
  }

  /** The program of a service's sidecar; undefined for one that is not there. */
  sidecar(service: ServiceName, name: string): Task | undefined {
    const task = this.tasks.find((candidate) => candidate.service.name === service);
    return task?.containers.find(({ container }) => container.name === name)?.program;
  }

  /** What a service must be told besides its description. */
  get environment(): Readonly<Record<string, string>> {
    return { AWS_XRAY_DAEMON_ADDRESS: this.#daemon.address };
  }

  /** Counts the requests to a service, as the router tells of them. */
  countRequests({ name }: Service): (outcome: Outcome) => void {
    return requestCounter(this.metrics, this.watched[name].names);
  }

  /** Makes a service's program known. */
  add(service: Service, program: Task, group: TargetGroup): void {
    const task = new EcsTask(service, program);
    this.tasks.push(task);
    this.#metadata.add(task);
    this.#meters.push(new TaskMeter(this.metrics, this.watched[service.name], [task], group));
  }

  /**
   * Starts the sidecars that are programs of this project; the X-Ray daemon is in here. From then on the tasks are measured.
   * @param keepLog Called with each program before it starts.
   */
  async startSidecars(keepLog: (sidecar: Task) => void): Promise<void> {
    for (const task of this.tasks) {
      for (const container of task.service.sidecars) {
        const { image, port, environment } = container;
        if ("program" in image) {
          const create = (port: number) => {
            const sidecar = new Task({
              name: `${task.service.name}-${container.name}`,
              program: image.program,
              port,
              drainSeconds: SIDECAR_DRAIN,
              environment: { ...environment, ...this.#metadata.environmentFor(task, container) },
            });
            this.#sidecars.push(sidecar);
            keepLog(sidecar);
            return sidecar;
          };
          task.addSidecar(container, await startSidecar(create, port, this.#stopped.signal));
        }
      }
    }
    this.#stopped.signal.throwIfAborted();
    this.#looks = setInterval(() => this.#look(), SAMPLING).unref();
  }

  /** Closes the ports; what was kept can still be read. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    clearInterval(this.#looks);
    await Promise.all(this.#sidecars.map((sidecar) => sidecar.stop()));
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

/** The runner keeps one task of each service, so one is the fewest there should be. */
function withOneTaskEach({ services: { like, monolith } }: Settings): Pick<Settings, "services"> {
  return { services: { like: { ...like, minTasks: 1 }, monolith: { ...monolith, minTasks: 1 } } };
}
