import { once } from "node:events";
import { devNull } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Settings } from "../settings/schema.ts";
import type { Container } from "../specs/container.ts";
import { describeServices, type Service, type ServiceName } from "../specs/services.ts";
import { freePort } from "./free-port.ts";
import { LogFile } from "./log-file.ts";
import { isHealthCheck, shortLine } from "./log-line.ts";
import { Observability, unobserved } from "./observability.ts";
import { type Route, type Router, startRouter } from "./router.ts";
import { LOCAL_CREDENTIALS, openTable, prepareTableFolder } from "./table.ts";
import { hasTableFigures } from "./table-meter.ts";
import { TargetGroup } from "./target-group.ts";
import { Task } from "./task.ts";

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
  /** Takes the lines meant for a person: the services' own, shortened, and the runner's. */
  readonly print: (line: string) => void;
}

/** The whole system on this machine, running. */
export interface System {
  /** Where the site and the services' API are, such as `http://localhost:8080`. */
  readonly address: string;
  readonly tasks: Readonly<Record<ServiceName | "dynamodb", Task>>;
  readonly tableName: string;
  /** What is kept of it; undefined when it was started without. */
  readonly observability: Observability | undefined;
  /** Stops everything in order: nothing new comes in, what is under way is finished, the table is closed last. */
  stop(): Promise<void>;
}

/** Thrown when the system cannot start; the message says why and what to do. */
export class StartError extends Error {
  override readonly name = "StartError";
}

const SITE = join(import.meta.dirname, "../web");
const TABLE_NAME = "mysfits";

/** What the embedded DynamoDB is to its supervisor. */
const DYNAMODB = {
  program: "local/dynamodb.ts",
  health: { path: "/", interval: 10, timeout: 5, healthyAfter: 3, unhealthyAfter: 3 },
  drainSeconds: 10,
};

/** Milliseconds that a program may take until it passes its first health check. */
const START_LIMIT = 30_000;

/**
 * Starts the site's address first, then what stands behind it: the table, the monolith and the like service.
 * Throws a {@link StartError} or a `TableFolderError`, and leaves nothing running, when something cannot start.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { settings, port, folder, fresh = false, print } = options;
  const observability = options.observability ? await Observability.start(settings, TABLE_NAME) : undefined;
  const tableFolder = join(folder, "table");
  const dynamodb = new Task({
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
    monolithHost: `127.0.0.1:${monolithPort}`,
    siteOrigin: "",
  });
  const like = taskOf(likeService, await freePort(), dynamodb, observability);
  const monolith = taskOf(monolithService, monolithPort, dynamodb, observability);
  const groups = {
    dynamodb: targetsOf(dynamodb, DYNAMODB),
    monolith: targetsOf(monolith, monolithService),
    like: targetsOf(like, likeService),
  };
  observability?.add(likeService, like, groups.like);
  observability?.add(monolithService, monolith, groups.monolith);

  let router: Router | undefined;
  const logs: LogFile[] = [];
  const keep = (task: Task) => {
    logs.push(keepLog(task, join(folder, "logs", `${task.name}.log`), likeService.health.path, print));
    task.on("line", (line) => observability?.keep(task.name, line));
  };
  const stopAll = async () => {
    await router?.stop(likeService.drainSeconds);
    await like.stop();
    await monolith.stop();
    await dynamodb.stop();
    await observability?.stop();
    for (const log of logs) {
      log.close();
    }
  };
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= stopAll());

  try {
    router = await startRouterOrExplain({
      port,
      site: SITE,
      // As on the load balancer, the service without a path of its own takes what is left.
      routes: [
        routeTo(likeService, groups.like, observability),
        routeTo(monolithService, groups.monolith, observability),
      ],
    });
    for (const task of [dynamodb, monolith, like]) {
      keep(task);
    }
    await prepareTableFolder(tableFolder, fresh);
    await launch(dynamodb, groups.dynamodb);
    await openTable({ name: TABLE_NAME, endpoint: dynamodb.origin, region: settings.region });
    await Promise.all([
      launch(monolith, groups.monolith),
      launch(like, groups.like),
      observability?.startSidecars(keep),
    ]);
    return {
      address: `http://localhost:${router.port}`,
      tasks: { like, monolith, dynamodb },
      tableName: TABLE_NAME,
      observability,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function routeTo(service: Service, group: TargetGroup, observability: Observability | undefined): Route {
  return { path: service.path ?? "/*", group, observe: observability?.countRequests(service) };
}

function taskOf(
  { name, container, uses, drainSeconds }: Service,
  port: number,
  dynamodb: Task,
  observability: Observability | undefined,
): Task {
  return new Task({
    name,
    program: programOf(container),
    port,
    drainSeconds,
    environment: {
      ...container.environment,
      ...observability?.environment,
      ...(uses.includes("table") && accessTo(dynamodb)),
    },
  });
}

function programOf({ name, image }: Container): string {
  if ("program" in image) {
    return image.program;
  }
  throw new StartError(`${name} is a public image (${image.public}): the laptop runs only programs of this project`);
}

/** Everything the AWS SDK looks for, so that it goes looking nowhere else: not in this user's files, not in a metadata service. */
function accessTo(dynamodb: Task): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.origin,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

function targetsOf(task: Task, { health }: Pick<Service, "health">): TargetGroup {
  const group = new TargetGroup(health);
  task.on("up", () => group.register(task.origin));
  task.on("down", () => group.deregister(task.origin));
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

/** All of a task's lines go to its file; a person gets the ones worth reading, and hears of every unwanted ending. */
function keepLog(task: Task, path: string, healthPath: string, print: (line: string) => void): LogFile {
  const log = new LogFile(path);
  task.on("line", (line) => {
    if (hasTableFigures(line)) {
      return;
    }
    log.append(line);
    if (!isHealthCheck(line, healthPath)) {
      print(shortLine(task.name, line));
    }
  });
  task.on("ended", (reason, followedIn) => {
    if (followedIn !== undefined) {
      print(shortLine(task.name, `ended by itself (${reason}); another starts in ${followedIn / 1000} s`));
    }
  });
  return log;
}

/** Starts a task and waits until requests can go there. A program that ends before that would only end again. */
async function launch(task: Task, group: TargetGroup): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  const ended = once(task, "ended", { signal }).then(([reason]) => `ended with ${reason}`);
  const late = pause(START_LIMIT, `passed no health check within ${START_LIMIT / 1000} s`, { signal });
  task.start();
  const problem = await Promise.race([group.whenHealthy(), ended, late]);
  settled.abort();
  await Promise.allSettled([ended, late]);
  if (problem !== undefined) {
    throw new StartError(`${task.name} ${problem}: its last lines say why`);
  }
}
