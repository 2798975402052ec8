import type { Settings } from "../settings/schema.ts";
import type { Container } from "./container.ts";
import { type Scaling, stepScaling } from "./scaling.ts";
import { sidecars, tracingEnvironment } from "./sidecars.ts";

// What the system's services are, with nothing in it of where they run: the stacks turn this into task definitions and
// listener rules, and the laptop runner into processes and a router.

export type ServiceName = "like" | "monolith";

/** What a service's containers have to be told of their surroundings; Terraform references in AWS, addresses on a laptop. */
export interface Surroundings {
  readonly region: string;
  /** Name of the DynamoDB table of the mysfits. */
  readonly tableName: string;
  /** Host under which the like service reaches the monolith, with a port when it is not 80. */
  readonly monolithHost: string;
  /** Origin of the site as browsers see it, such as `https://d111.cloudfront.net`; empty where it has no one address. */
  readonly siteOrigin: string;
}

export interface Service {
  readonly name: ServiceName;
  /** The container that answers on the load balancer. */
  readonly container: Container;
  readonly sidecars: readonly Container[];
  /** Path pattern of the load balancer's rule; the service without one gets every other request. */
  readonly path?: string;
  readonly health: HealthCheck;
  readonly release: "rolling" | "blue-green";
  readonly tasks: { readonly min: number; readonly desired: number; readonly max: number };
  /** What moves the number of tasks between its bounds; left out where people do it by hand. */
  readonly scaling: Scaling | undefined;
  readonly size: { readonly cpu: number; readonly memory: number };
  readonly capacity: "FARGATE" | "FARGATE_SPOT";
  /** What the service needs beyond its own container: this decides its role and its security group. */
  readonly uses: readonly ("table" | "monolith")[];
  /** Seconds between SIGTERM and SIGKILL. The service stops accepting at once and has this long to finish. */
  readonly drainSeconds: number;
}

/** Seconds and counts of the load balancer's check; the path answers for the process alone. */
export interface HealthCheck {
  readonly path: string;
  readonly interval: number;
  readonly timeout: number;
  readonly healthyAfter: number;
  readonly unhealthyAfter: number;
}

const HEALTH_CHECK: HealthCheck = { path: "/", interval: 10, timeout: 5, healthyAfter: 3, unhealthyAfter: 3 };

/** The port that every service listens on inside its container. */
export const CONTAINER_PORT = 80;

/** Path pattern of the like service; the star stands for a mysfit's id. */
export const LIKE_PATH = "/mysfits/*/like";

const DRAIN_SECONDS = 30;

// A task takes most of a minute to start and to pass its three checks; adding before that would be adding blindly. Taking
// away waits for a whole minute of the smaller number and for the connections of the tasks that went.
const COOLDOWN = { out: 60, in: 120 };

// A target is a share: while the newest figure is from before the last change, it takes what each of the few got for
// what each of the many gets. Figures come in a minute late, so that the second minute is the first that tells.
const TRACKING_COOLDOWN = { out: 120, in: 120 };

// Half is left, so that requests may double before more tasks have started.
const CPU: Scaling = { kind: "cpu", target: 50, cooldown: TRACKING_COOLDOWN };

const LIKE_SCALING: Record<Settings["services"]["like"]["scaling"], Scaling> = {
  steps: stepScaling({
    out: {
      threshold: 1000,
      minutes: 2,
      cooldown: COOLDOWN.out,
      steps: [
        { from: 1000, to: 2000, change: 10 },
        { from: 2000, to: 4000, change: 20 },
        { from: 4000, to: Infinity, change: 25 },
      ],
    },
    in: {
      threshold: 1000,
      minutes: 2,
      cooldown: COOLDOWN.in,
      steps: [
        { from: 1000, to: 100, change: -10 },
        { from: 100, to: -Infinity, change: -5 },
      ],
    },
  }),
  // What the steps leave to each of two tasks before they add more.
  "requests-per-task": { kind: "requests-per-task", target: 500, cooldown: TRACKING_COOLDOWN },
  cpu: CPU,
};

export function describeServices(
  settings: Settings,
  surroundings: Surroundings,
): readonly [like: Service, monolith: Service] {
  return [describeLike(settings, surroundings), describeMonolith(settings, surroundings)];
}

function describeLike(settings: Settings, { monolithHost }: Surroundings): Service {
  const { chaosMode, logLevel, scaling, ...like } = settings.services.like;
  return {
    name: "like",
    container: {
      name: "like-service",
      image: { repository: "like", program: "service/like/main.ts" },
      port: CONTAINER_PORT,
      protocol: "tcp",
      essential: true,
      environment: {
        MONOLITH_URL: monolithHost,
        CHAOSMODE: chaosMode,
        LOGLEVEL: logLevel,
        ...tracingEnvironment(settings),
      },
    },
    sidecars: sidecars(settings),
    path: LIKE_PATH,
    release: "blue-green",
    uses: ["monolith"],
    scaling: settings.labs.scaling === "on" ? LIKE_SCALING[scaling] : undefined,
    ...shape(like),
  };
}

function describeMonolith(settings: Settings, { tableName, siteOrigin, region }: Surroundings): Service {
  const { logLevel, ...monolith } = settings.services.monolith;
  return {
    name: "monolith",
    container: {
      name: "monolith-service",
      image: { repository: "monolith", program: "service/monolith/main.ts" },
      port: CONTAINER_PORT,
      protocol: "tcp",
      essential: true,
      environment: {
        DDB_TABLE_NAME: tableName,
        UPSTREAM_URL: siteOrigin,
        AWS_REGION: region,
        LOGLEVEL: logLevel,
        ...tracingEnvironment(settings),
      },
    },
    sidecars: sidecars(settings),
    release: "rolling",
    uses: ["table"],
    scaling: settings.labs.scaling === "on" ? CPU : undefined,
    ...shape(monolith),
  };
}

type Shape = Pick<Service, "health" | "tasks" | "size" | "capacity" | "drainSeconds">;

function shape(settings: {
  minTasks: number;
  desiredTasks: number;
  maxTasks: number;
  cpu: number;
  memory: number;
  capacity: Service["capacity"];
}): Shape {
  return {
    health: HEALTH_CHECK,
    tasks: { min: settings.minTasks, desired: settings.desiredTasks, max: settings.maxTasks },
    size: { cpu: settings.cpu, memory: settings.memory },
    capacity: settings.capacity,
    drainSeconds: DRAIN_SECONDS,
  };
}
