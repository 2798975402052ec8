import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import type { Service } from "../model/service.ts";
import type { ServiceName } from "../model/service-name.ts";
import { callersOf, defineServices, hostVariable, perService, SERVICE_NAMES } from "../model/services.ts";
import { siteFolder } from "../model/site-folder.ts";
import { makeFolder } from "../settings/make-folder.ts";
import type { Settings } from "../settings/schema.ts";
import { LogSearch } from "./log-search/log-search.ts";
import { AutoScaler, DEFAULT_MINUTE } from "./scaling/auto-scaler.ts";
import { EcsService } from "./system/ecs/ecs-service.ts";
import type { Host } from "./system/ecs/ecs-task.ts";
import { taskLimit } from "./system/ecs/machine.ts";
import { type Route, type Router, startRouter } from "./system/load-balancer/router.ts";
import { freePort } from "./system/processes/free-port.ts";
import type { Program } from "./system/processes/program.ts";
import { readSecrets } from "./system/secrets.ts";
import { StartError } from "./system/start.ts";
import { EmbeddedTable } from "./system/table/embedded-table.ts";
import { ProgramLogs } from "./telemetry/logs/program-logs.ts";
import { Observability, withoutObservability } from "./telemetry/observability.ts";

export interface SystemOptions {
  readonly settings: Settings;
  /** Port of the site on 127.0.0.1; 0 for any free port. */
  readonly port: number;
  /** Folder for the table and the logs. */
  readonly folder: string;
  /** Folder of `laptop.secrets.yaml`: the project's root by default. */
  readonly secretsFolder?: string;
  /** Start with the twelve mysfits without likes and adoptions. */
  readonly fresh?: boolean;
  /** Keep logs, traces, and metrics, and start the sidecars. If false, the services are not traced. */
  readonly observability?: boolean;
  /**
   * Seconds that a minute of AWS's auto scaling takes here; undefined to keep the number of like tasks constant. Requires
   * `observability` for the metrics.
   */
  readonly scalingMinute?: number | undefined;
  /** Start OpenSearch and ship the lines of the services to it. Requires Java. */
  readonly logSearch?: boolean;
  /** Prints lines for the person at the terminal: shortened log lines and the runner's messages. */
  readonly print: (line: string) => void;
}

/** The running system on this machine. */
export interface System {
  /** Origin of the site and the services' API, such as `http://localhost:8080`. */
  readonly address: string;
  readonly services: Readonly<Record<ServiceName, EcsService>>;
  readonly dynamodb: Program;
  readonly tableName: string;
  /** Title of the site and the console. */
  readonly title: string;
  /** Telemetry; undefined if the system was started without it. */
  readonly observability: Observability | undefined;
  /** Auto scaler of the like service; undefined without telemetry, or if `labs.scaling` is off. */
  readonly scaler: AutoScaler | undefined;
  /** Undefined if the system was started without it. */
  readonly logSearch: LogSearch | undefined;
  /** Stops everything in order: rejects new requests, finishes those in progress, and closes the table last. */
  stop(): Promise<void>;
}

const TABLE_NAME = "mysfits";

/**
 * Starts the router first, then the table and the services at the same time: until a service is healthy and the table responds,
 * its requests get a 503.
 * Throws a {@link StartError} or a `SettingsError` and leaves nothing running if any part cannot start.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { port, folder, fresh = false, print } = options;
  const settings = withSingleCallees(options.settings);
  if (options.scalingMinute !== undefined && !settings.labs.scaling) {
    throw new StartError('labs.scaling is "off": expected on, so that the number of tasks can follow the requests');
  }
  const site = prepareFolder(folder, settings.project.title);
  const ports = await portsOfCallees();
  const definitions = defineServices(options.observability ? settings : withoutObservability(settings), {
    region: settings.region,
    tableName: TABLE_NAME,
    hostOf: (service) => hostAt(ports.get(service) as number),
    siteOrigin: "",
  });
  const secrets = readSecrets(Object.values(definitions), options.secretsFolder);
  const observability = options.observability ? await Observability.start(settings, TABLE_NAME) : undefined;
  const logSearch = options.logSearch ? await startLogSearch(settings, print, observability) : undefined;
  const logs = new ProgramLogs({
    folder: join(folder, "logs"),
    store: observability?.logs,
    ship: logSearch && ((task, program, line) => logSearch.add(task, program, line)),
    print,
    takeMeasurements: (line) => observability?.takeTableMetrics(line) ?? false,
  });
  const table = await EmbeddedTable.create({
    name: TABLE_NAME,
    folder: join(folder, "table"),
    region: settings.region,
    isMeasured: observability !== undefined,
  });
  const host = ({ name, usesTable }: Service): Host => ({
    environment: { ...observability?.environment, ...(usesTable && table.environment), ...secrets.get(name) },
    // The labs call the sidecars of the like service.
    knownPorts: name === "like",
    sidecarEnvironment: (task, sidecar) => observability?.sidecarEnvironment(task, sidecar) ?? {},
    keep: (program, task) => logs.follow(program, task),
  });
  const services: System["services"] = perService((name) => {
    const service = observability ? definitions[name] : { ...definitions[name], sidecars: [] };
    const port = ports.get(name);
    return new EcsService({
      service,
      host: host(service),
      ...(port && { port, moveTo: (newPort) => leadCallers(services, name, newPort) }),
    });
  });
  const { like } = services;
  const scaler = scalerOf(like, observability, options.scalingMinute ?? DEFAULT_MINUTE);
  for (const service of Object.values(services)) {
    observability?.add(service);
    service.on("event", ({ kind, message }) => kind !== "task started" && logs.announce(service.name, message));
  }
  scaler?.on("decision", ({ message }) => logs.announce(like.name, message));

  let router: Router | undefined;
  const stopAll = async () => {
    scaler?.stop();
    await router?.stop(Math.max(...Object.values(definitions).map(({ drainSeconds }) => drainSeconds)));
    // Callers first, so that their requests in progress can still reach the services that they call.
    const { callers = [], callees = [] } = Object.groupBy(Object.values(services), ({ name }) =>
      ports.has(name) ? "callees" : "callers",
    );
    await Promise.all(callers.map((service) => service.stop()));
    await Promise.all(callees.map((service) => service.stop()));
    await table.stop();
    await observability?.stop();
    await logSearch?.stop();
    logs.close();
  };
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= stopAll());

  try {
    router = await startRouterOrExplain({
      port,
      site,
      routes: Object.values(services)
        .toSorted((one, other) => one.definition.rule.priority - other.definition.rule.priority)
        .map((service) => routeTo(service, observability, service === like ? scaler : undefined)),
    });
    logs.follow(table.program);
    await table.prepareFolder(fresh);
    await Promise.all([
      table.start(),
      ...Object.values(services).map((service) => service.start(service.definition.tasks.min)),
    ]);
    if (options.scalingMinute !== undefined) {
      scaler?.start();
    }
    return {
      address: `http://localhost:${router.port}`,
      services,
      dynamodb: table.program,
      tableName: TABLE_NAME,
      title: settings.project.title,
      observability,
      scaler,
      logSearch,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startLogSearch(
  settings: Settings,
  print: (line: string) => void,
  observability: Observability | undefined,
): Promise<LogSearch> {
  try {
    return await LogSearch.start(settings, print);
  } catch (error) {
    await observability?.stop();
    throw error;
  }
}

/** Creates the folders that the system writes to, and returns that of the site's files. */
function prepareFolder(folder: string, title: string): string {
  try {
    for (const part of [folder, join(folder, "logs"), join(folder, "table")]) {
      makeFolder(part);
      accessSync(part, constants.W_OK);
    }
    return siteFolder(title, join(folder, "site"));
  } catch (error) {
    throw new StartError(`--data is ${folder}: expected a folder that can be written to: ${(error as Error).message}`);
  }
}

/** Ports of the services that others call by their address instead of through the router. */
async function portsOfCallees(): Promise<ReadonlyMap<ServiceName, number>> {
  const callees = SERVICE_NAMES.filter((name) => callersOf(name).length > 0);
  return new Map(await Promise.all(callees.map(async (name) => [name, await freePort()] as const)));
}

/** Limits services that others call to one task, because a laptop has no DNS name with several addresses. */
function withSingleCallees({ services, ...settings }: Settings): Settings {
  const one = { minTasks: 1, desiredTasks: 1, maxTasks: 1 };
  const limited = SERVICE_NAMES.filter((name) => callersOf(name).length > 0).map((name) => [
    name,
    { ...services[name], ...one },
  ]);
  return { ...settings, services: { ...services, ...Object.fromEntries(limited) } };
}

/** Rolls out the new address of a service to its callers. */
async function leadCallers(services: System["services"], callee: ServiceName, port: number): Promise<void> {
  for (const caller of callersOf(callee)) {
    await services[caller].rollOut({ [hostVariable(callee)]: hostAt(port) });
  }
}

function hostAt(port: number): string {
  return `127.0.0.1:${port}`;
}

function scalerOf(service: EcsService, observability: Observability | undefined, minute: number) {
  const { name, scaling, tasks } = service.definition;
  if (observability === undefined || scaling === undefined) {
    return;
  }
  const bounds = { min: tasks.min, max: Math.max(tasks.min, Math.min(tasks.max, taskLimit())) };
  return new AutoScaler({ service, monitoring: observability.monitoring.services[name], scaling, bounds, minute });
}

function routeTo(service: EcsService, observability: Observability | undefined, scaler?: AutoScaler): Route {
  const count = observability?.requestCounter(service.name);
  return {
    path: service.definition.rule.path,
    observe: (outcome) => {
      count?.(outcome);
      scaler?.count(outcome);
    },
    get group() {
      return service.group;
    },
  };
}

async function startRouterOrExplain(options: Parameters<typeof startRouter>[0]): Promise<Router> {
  try {
    return await startRouter(options);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE" || code === "EACCES") {
      const problem = code === "EADDRINUSE" ? "is already in use" : "requires elevated privileges";
      throw new StartError(`port ${options.port} ${problem}: choose another, as in PORT=8081 npm start`);
    }
    throw error;
  }
}
