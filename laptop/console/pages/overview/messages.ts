import type { ServiceName } from "../../../../model/service-name.ts";
import type { AlarmState } from "../../parts/messages.ts";
import type { ServiceEvent } from "../tasks/messages.ts";

export interface Overview {
  readonly map: ServiceMap;
  readonly services: readonly ServiceSummary[];
  readonly alarms: readonly AlarmState[];
  readonly storage: StorageUsage;
}

/** Requests of the past minute between the parts of the system. */
export interface ServiceMap {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

export type NodeId = "browser" | "router" | "table" | ServiceName;

export interface MapNode {
  readonly id: NodeId;
  readonly label: string;
  readonly figures: Figures;
  /** Present for services. */
  readonly tasks?: readonly MapTask[];
  /** Requests of a service that a stopped task or the router itself answered. Absent if there are none. */
  readonly others?: Figures;
}

export interface MapTask {
  readonly id: string;
  /** ECS task status. */
  readonly status: string;
  readonly figures: Figures;
}

export interface MapEdge {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly figures: Figures;
}

export interface Figures {
  /** Requests per second. */
  readonly rate: number;
  /** Share of failed requests, between 0 and 1. */
  readonly errors: number;
  /** Seconds. Absent without requests. */
  readonly p50?: number;
  readonly p99?: number;
  /** True for figures that are extrapolated from sampled traces. */
  readonly estimated: boolean;
  readonly health: "healthy" | "degraded" | "failing" | "idle";
}

/** Task counts and last events of a service. */
export interface ServiceSummary {
  readonly name: string;
  readonly desired: number;
  readonly running: number;
  readonly rollingOut: boolean;
  /** Newest first. */
  readonly events: readonly ServiceEvent[];
}

/** Number of lines and traces that the runner stores, and its memory. */
export interface StorageUsage {
  readonly lines: number;
  readonly traces: number;
  /** Packets that are not segment documents. */
  readonly rejectedPackets: number;
  /** Resident memory of the runner with the console, in bytes, and its limit. */
  readonly memory: number;
  readonly memoryLimit: number;
}
