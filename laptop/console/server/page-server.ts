import type Router from "@koa/router";
import type { ServiceName } from "../../../model/service-name.ts";
import type { AutoScaler } from "../../scaling/auto-scaler.ts";
import type { EcsService } from "../../system/ecs/ecs-service.ts";
import type { Observability } from "../../telemetry/observability.ts";
import type { AnyChannel } from "./events.ts";

/** A running system with its telemetry. */
export interface ObservedSystem {
  /** Origin of the site and the services' API. */
  readonly address: string;
  readonly services: Readonly<Record<ServiceName, EcsService>>;
  readonly tableName: string;
  /** Title of the site. */
  readonly title: string;
  readonly observability: Observability;
  readonly scaler: AutoScaler | undefined;
}

interface AnySystem extends Omit<ObservedSystem, "observability"> {
  readonly observability: Observability | undefined;
}

export function isObserved<System extends AnySystem>(system: System): system is System & ObservedSystem {
  return system.observability !== undefined;
}

/** The server side of a page. */
export interface PageServer {
  /** Channels that the page's tabs can subscribe to. */
  readonly channels?: readonly AnyChannel[];
  /** Adds the page's routes, each with {@link import("./endpoint.ts").endpoint}. */
  routes?(router: Router): void;
  /** Stops timers and background work. */
  stop?(): void;
}
