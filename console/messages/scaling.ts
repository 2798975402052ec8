import type { Bounds, Direction, Scaling as ScalingPolicy } from "../../specs/scaling.ts";

/** What moves the number of like tasks, and what is sent to move it. */
export interface ScalingState {
  readonly on: boolean;
  /** Why it cannot be switched on; left out when it can. */
  readonly impossible?: string;
  /** Seconds that a minute of AWS takes. */
  readonly minute: number;
  readonly policy?: Policy;
  /** Fewest and most tasks on this machine, and the most in AWS. */
  readonly bounds: Bounds & { readonly maxInAws: number };
  readonly running: number;
  readonly desired: number;
  /** Oldest first. */
  readonly looks: readonly ScalingLook[];
  /** Newest first. */
  readonly decisions: readonly ScalingDecision[];
  readonly load: LoadState;
}

export type Policy =
  | { readonly kind: "steps"; readonly out: PolicySteps; readonly in: PolicySteps }
  | { readonly kind: Exclude<ScalingPolicy["kind"], "steps">; readonly target: number };

export interface PolicySteps {
  /** Requests a minute. */
  readonly threshold: number;
  /** At or beyond the threshold, until the alarm is on. */
  readonly minutes: number;
  /** Seconds in AWS. */
  readonly cooldown: number;
  readonly steps: readonly {
    /** From the lower bound to the higher; null where there is no end. */
    readonly low: number | null;
    readonly high: number | null;
    readonly change: number;
  }[];
}

/** What was seen at the end of a minute, or of ten seconds where nothing scales. */
export interface ScalingLook {
  /** Seconds since 1970. */
  readonly time: number;
  /** Likes a minute, had they gone on for a whole one. */
  readonly requests: number;
  readonly running: number;
  readonly desired: number;
  /** Whether the alarms are on; undefined where nothing scales. */
  readonly alarms?: Readonly<Record<Direction, boolean>>;
}

export interface ScalingDecision {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly direction: Direction;
  readonly from: number;
  readonly to: number;
  /** With the figures that caused it. */
  readonly message: string;
}

export interface LoadState {
  readonly running: boolean;
  /** Likes a second, and seconds in all, of the run that is under way or was the last. */
  readonly rate?: number;
  readonly durationSeconds?: number;
  readonly report?: LoadReport;
}

export interface LoadReport {
  readonly seconds: number;
  readonly sent: number;
  readonly failed: number;
  /** Milliseconds. */
  readonly p50?: number;
  readonly p99?: number;
}
