import type { ServiceName } from "../../../specs/services.ts";

/** What the steps of the labs are judged by: the system as it is, what it has done, and what somebody has asked about it. */
export interface Evidence {
  /** Likes that reached the router since the runner started. */
  readonly likes: { readonly sent: number; readonly failed: number };
  readonly services: Readonly<Record<ServiceName, ServiceEvidence>>;
  /** Whether chaos mode has said in a line what it did. */
  readonly chaosLine: boolean;
  /** Whether a trace has come in which both services have a part. */
  readonly wholeTrace: boolean;
  /** Searches of the logs, with what they found. */
  readonly searches: readonly SearchEvidence[];
  /** Filter expressions that traces were asked with, and what they found. */
  readonly filters: readonly FilterEvidence[];
  /** What chaos mode did to the likes whose traces somebody has opened. */
  readonly openedChaos: ReadonlySet<string>;
  readonly scaling: ScalingEvidence;
}

export interface ServiceEvidence {
  /** Documents of the task metadata endpoint that somebody has asked for. */
  readonly asked: ReadonlySet<"metadata" | "stats">;
  /** Tasks in service now, and the most there have been at once. */
  readonly running: number;
  readonly most: number;
  /** Tasks that it started with. */
  readonly first: number;
  /** Variables of the service's own container, of the tasks that serve. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface SearchEvidence {
  readonly found: number;
  /** How many of what was found were chaos mode's lines. */
  readonly chaos: number;
}

export interface FilterEvidence {
  readonly found: number;
  /** How many of what was found were likes that failed or took more than a second. */
  readonly odd: number;
}

export interface ScalingEvidence {
  readonly on: boolean;
  /** Whether the likes of some minute were enough to set the alarm off. */
  readonly crowded: boolean;
  /** Directions of the decisions that changed the number of tasks, oldest first. */
  readonly changes: readonly ("out" | "in")[];
}
