import type { AlarmState } from "../messages.ts";
import type { ServiceEvent } from "./tasks.ts";

export interface Overview {
  readonly map: ServiceMap;
  readonly services: readonly ServiceState[];
  readonly alarms: readonly AlarmState[];
  readonly kept: Kept;
}

/** Who asked whom in the past minute. */
export interface ServiceMap {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

export type NodeId = "browser" | "router" | "like" | "monolith" | "table";

export interface MapNode {
  readonly id: NodeId;
  readonly label: string;
  readonly figures: Figures;
  /** Of a service. */
  readonly tasks?: readonly MapTask[];
}

export interface MapTask {
  readonly id: string;
  /** As ECS calls it. */
  readonly status: string;
  readonly figures: Figures;
}

export interface MapEdge {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly figures: Figures;
}

export interface Figures {
  /** Requests a second. */
  readonly rate: number;
  /** Share of them that failed, from 0 to 1. */
  readonly errors: number;
  /** Seconds; left out when there were no requests. */
  readonly p50?: number;
  readonly p99?: number;
  /** Whether it is worked out from those that are traced. */
  readonly estimated: boolean;
  readonly health: "well" | "warned" | "ill" | "idle";
}

/** How many tasks a service has, and what happened to it last. */
export interface ServiceState {
  readonly name: string;
  readonly desired: number;
  readonly running: number;
  readonly rollingOut: boolean;
  /** Newest first. */
  readonly events: readonly ServiceEvent[];
}

/** What the runner keeps, and what it takes. */
export interface Kept {
  readonly lines: number;
  readonly traces: number;
  /** Packets that were no segments. */
  readonly refusedPackets: number;
  /** Bytes of resident memory of the runner, the console included, and the most it should be. */
  readonly memory: number;
  readonly memoryLimit: number;
}
