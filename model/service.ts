import type { Settings } from "../settings/schema.ts";
import type { Container } from "./container.ts";
import type { Scaling } from "./scaling.ts";
import type { ServiceName } from "./service-name.ts";

/** A service as the stacks and the laptop run it. */
export interface Service {
  readonly name: ServiceName;
  /** The container that answers on the load balancer. */
  readonly container: Container;
  readonly sidecars: readonly Container[];
  readonly rule: ListenerRule;
  readonly health: HealthCheck;
  readonly release: "rolling" | "blue-green";
  readonly tasks: { readonly min: number; readonly desired: number; readonly max: number };
  /** Policy that changes the number of tasks within its bounds; undefined if people change it by hand. */
  readonly scaling: Scaling | undefined;
  /** CPU units and MiB of a task, including its sidecars. */
  readonly size: { readonly cpu: number; readonly memory: number };
  readonly capacity: "FARGATE" | "FARGATE_SPOT";
  /** ARNs of the KMS keys that encrypt the container's secrets. */
  readonly secretKeys: readonly string[];
  /** Services that it calls. */
  readonly calls: readonly ServiceName[];
  /** True for a service that reads and writes the table of the mysfits. */
  readonly usesTable: boolean;
  /** Alarms that roll a release back, by name. */
  readonly rollbackAlarms: readonly string[];
  /** Seconds between SIGTERM and SIGKILL. The service stops accepting requests at once and finishes those in progress. */
  readonly drainSeconds: number;
}

/** Listener rule of the load balancer. Lower priorities are tried first. */
export interface ListenerRule {
  readonly path: string;
  readonly priority: number;
}

/** Health check of the load balancer, in seconds and counts. Its path checks only the process, not its dependencies. */
export interface HealthCheck {
  readonly path: string;
  readonly interval: number;
  readonly timeout: number;
  readonly healthyAfter: number;
  readonly unhealthyAfter: number;
}

/** Values known only where a service runs: Terraform references in AWS, local addresses on a laptop. */
export interface ServiceContext {
  readonly region: string;
  /** Name of the DynamoDB table of the mysfits. */
  readonly tableName: string;
  /** Host under which other services reach a service, with the port unless it is 80. */
  readonly hostOf: (service: ServiceName) => string;
  /** Origin of the site in browsers, such as `https://d111.cloudfront.net`; empty if the site has several addresses. */
  readonly siteOrigin: string;
}

/** The part of a service that its settings do not decide. Its program is `service/<name>/main.ts`. */
export interface ServiceDefinition {
  /** Path pattern of its listener rule. The one service without a path receives all other requests. */
  readonly path?: string;
  readonly release: Service["release"];
  /** Services that it calls. Their hosts are in its environment, such as `MONOLITH_URL`. */
  readonly calls?: readonly ServiceName[];
  readonly usesTable?: boolean;
  /** Variables besides the hosts of the services that it calls, the log level, and tracing. */
  readonly environment?: (settings: Settings, context: ServiceContext) => Readonly<Record<string, string>>;
  /** If omitted, an average CPU of 50%. */
  readonly scaling?: (settings: Settings) => Scaling;
  /** Alarms that roll a release back, by name; if omitted, unhealthy hosts and load balancer errors. */
  readonly rollbackAlarms?: readonly string[];
}
