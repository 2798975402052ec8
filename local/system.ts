import { once } from "node:events";
import { access, constants, mkdir } from "node:fs/promises";
import { devNull } from "node:os";
import { join } from "node:path";
import type { Settings } from "../settings/schema.ts";
import { describeServices, type Service, type ServiceName } from "../specs/services.ts";
import { AutoScaler, USUAL_MINUTE } from "./ecs/auto-scaler.ts";
import { EcsService } from "./ecs/ecs-service.ts";
import type { Host } from "./ecs/ecs-task.ts";
import { mostTasks } from "./ecs/machine.ts";
import { type Route, type Router, startRouter } from "./load-balancer/router.ts";
import { TargetGroup } from "./load-balancer/target-group.ts";
import { Logs } from "./logs/logs.ts";
import { Observability, unobserved } from "./observability.ts";
import { freePort } from "./processes/free-port.ts";
import { Program } from "./processes/program.ts";
import { StartError, started } from "./start.ts";
import { LOCAL_CREDENTIALS, openTable, prepareTableFolder } from "./table/table.ts";

export interface SystemOptions {
  readonly settings: Settings;
  /** Port of the site on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Folder for the table and the logs. */
  readonly folder: string;
  /** Begin with the twelve mysfits as they were before anyone liked one. */
  readonly fresh?: boolean;
  /** Keep logs, traces and metrics, and start the sidecars. Without it the services trace nothing. */
  readonly observability?: boolean;
  /**
   * Seconds that a minute of AWS's auto scaling takes here; without, the number of like tasks stays as it is. Needs
   * `observability`, for what is measured.
   */
  readonly scalingMinute?: number | undefined;
  /** Takes the lines meant for a person: the services' own, shortened, and the runner's. */
  readonly print: (line: string) => void;
}

/** The whole system on this machine, running. */
export interface System {
  /** Where the site and the services' API are, such as `http://localhost:8080`. */
  readonly address: string;
  readonly services: Readonly<Record<ServiceName, EcsService>>;
  readonly dynamodb: Program;
  readonly tableName: string;
  /** What is kept of it; undefined when it was started without. */
  readonly observability: Observability | undefined;
  /** What moves the number of like tasks while it runs; undefined where nothing is observed, or where `labs.scaling` is off. */
  readonly scaler: AutoScaler | undefined;
  /** Stops everything in order: nothing new comes in, what is under way is finished, the table is closed last. */
  stop(): Promise<void>;
}

const SITE = join(import.meta.dirname, "../web");
const TABLE_NAME = "mysfits";

/** What the embedded DynamoDB is to its supervisor. */
const DYNAMODB = {
  file: "local/table/dynamodb.ts",
  health: { path: "/", interval: 10, timeout: 5, healthyAfter: 3, unhealthyAfter: 3 },
  drainSeconds: 10,
};

/**
 * Starts the site's address first, then what stands behind it: the table, the monolith and the like service.
 * Throws a {@link StartError} or a `TableFolderError`, and leaves nothing running, when something cannot start.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { port, folder, fresh = false, print } = options;
  const settings = withOneMonolith(options.settings);
  if (options.scalingMinute !== undefined && settings.labs.scaling === "off") {
    throw new StartError('labs.scaling is "off": expected on, for the number of tasks to follow the requests');
  }
  await prepareFolder(folder);
  const observability = options.observability ? await Observability.start(settings, TABLE_NAME) : undefined;
  const tableFolder = join(folder, "table");
  const logs = new Logs(join(folder, "logs"), observability, print);
  const dynamodb = new Program({
    ...DYNAMODB,
    name: "dynamodb",
    port: await freePort(),
    // With the table's name it counts what is asked of the table.
    environment: { TABLE_FOLDER: tableFolder, ...(observability && { TABLE_NAME }) },
  });
  const monolithPort = await freePort();
  const [likeService, monolithService] = describeServices(observability ? settings : unobserved(settings), {
    region: settings.region,
    tableName: TABLE_NAME,
    monolithHost: hostAt(monolithPort),
    siteOrigin: "",
  });
  const host = ({ uses, path }: Service): Host => ({
    environment: { ...observability?.environment, ...(uses.includes("table") && accessTo(dynamodb)) },
    // The labs look at the like service's.
    knownPorts: path !== undefined,
    sidecarEnvironment: (task, sidecar) => observability?.sidecarEnvironment(task, sidecar) ?? {},
    keep: (program, task) => logs.keep(program, task),
  });
  const like = new EcsService({ service: likeService, host: host(likeService) });
  const monolith = new EcsService({
    service: monolithService,
    host: host(monolithService),
    port: monolithPort,
    moveTo: (port) => like.rollOut({ MONOLITH_URL: hostAt(port) }),
  });
  const scaler = scalerOf(like, observability, options.scalingMinute ?? USUAL_MINUTE);
  const table = targetsOf(dynamodb);
  for (const service of [like, monolith]) {
    observability?.add(service);
    logs.tell(service, service === like ? scaler : undefined);
  }

  let router: Router | undefined;
  const stopAll = async () => {
    scaler?.stop();
    await router?.stop(likeService.drainSeconds);
    await like.stop();
    await monolith.stop();
    await dynamodb.stop();
    await observability?.stop();
    logs.close();
  };
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= stopAll());

  try {
    router = await startRouterOrExplain({
      port,
      site: SITE,
      // As on the load balancer, the service without a path of its own takes what is left.
      routes: [routeTo(like, observability, scaler), routeTo(monolith, observability)],
    });
    logs.keep(dynamodb);
    await prepareTableFolder(tableFolder, fresh);
    await launch(dynamodb, table);
    await openTable({ name: TABLE_NAME, endpoint: dynamodb.origin, region: settings.region });
    await Promise.all([monolith.start(1), like.start(likeService.tasks.min)]);
    if (options.scalingMinute !== undefined) {
      scaler?.start();
    }
    return {
      address: `http://localhost:${router.port}`,
      services: { like, monolith },
      dynamodb,
      tableName: TABLE_NAME,
      observability,
      scaler,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new StartError(`--data is ${folder}: expected a folder that can be written to: ${(error as Error).message}`);
  }
}

/** The like service knows the monolith by its address. A name with several addresses is more than a laptop has. */
function withOneMonolith({ services, ...settings }: Settings): Settings {
  const one = { minTasks: 1, desiredTasks: 1, maxTasks: 1 };
  return { ...settings, services: { ...services, monolith: { ...services.monolith, ...one } } };
}

function hostAt(port: number): string {
  return `127.0.0.1:${port}`;
}

function scalerOf(service: EcsService, observability: Observability | undefined, minute: number) {
  const { name, scaling, tasks } = service.description;
  if (observability === undefined || scaling === undefined) {
    return;
  }
  const bounds = { min: tasks.min, max: Math.max(tasks.min, Math.min(tasks.max, mostTasks())) };
  return new AutoScaler({ service, watched: observability.watched[name], scaling, bounds, minute });
}

function routeTo(service: EcsService, observability: Observability | undefined, scaler?: AutoScaler): Route {
  const count = observability?.requestCounter(service.name);
  return {
    path: service.description.path ?? "/*",
    observe: (outcome) => {
      count?.(outcome);
      scaler?.count(outcome);
    },
    get group() {
      return service.group;
    },
  };
}

/** Everything the AWS SDK looks for, so that it goes looking nowhere else: not in this user's files, not in a metadata service. */
function accessTo(dynamodb: Program): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.origin,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

function targetsOf(dynamodb: Program): TargetGroup {
  const group = new TargetGroup(DYNAMODB.health);
  dynamodb.on("up", () => group.register(dynamodb.origin));
  dynamodb.on("down", () => group.deregister(dynamodb.origin));
  return group;
}

async function startRouterOrExplain(options: Parameters<typeof startRouter>[0]): Promise<Router> {
  try {
    return await startRouter(options);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE" || code === "EACCES") {
      const problem = code === "EADDRINUSE" ? "is taken" : "is not open to this user";
      throw new StartError(`port ${options.port} ${problem}: choose another, as in PORT=8081 npm start`);
    }
    throw error;
  }
}

/** Starts a program and waits until it is healthy. One that ends before that would only end again. */
async function launch(program: Program, group: TargetGroup): Promise<void> {
  program.start();
  await started(
    program.name,
    () => group.whenHealthy(),
    async (signal) => {
      const [reason] = await once(program, "ended", { signal });
      return `ended with ${reason}`;
    },
  );
}
