import { z } from "zod";
import type { Bounds, Direction, Scaling as ScalingPolicy } from "../../../../model/scaling.ts";
import type { Call, Empty } from "../../parts/messages.ts";

export interface ScalingCalls {
  readonly "POST /api/scaling/switch": Call<z.infer<typeof switchRequest>, Empty>;
  /** Sends likes for some time. It is rejected while another load test runs. */
  readonly "POST /api/scaling/load": Call<z.infer<typeof loadRequest>, Empty>;
  readonly "POST /api/scaling/load/stop": Call<Empty, Empty>;
}

export const switchRequest = z.object({ on: z.boolean() });

/** Limits of a load test from the console. The runner sends it, and the router runs in the same process. */
export const loadRequest = z.object({
  /** Likes per second. */
  rate: z.int().min(1).max(500),
  durationSeconds: z.int().min(2).max(900),
});

/** State of the auto scaling of the like service and of the load test. */
export interface ScalingState {
  readonly on: boolean;
  /** Reason why scaling cannot be switched on. */
  readonly impossible?: string;
  /** Seconds on this machine that represent a minute in AWS. */
  readonly minute: number;
  readonly policy?: Policy;
  /** Task limits on this machine, and the maximum in AWS. */
  readonly bounds: Bounds & { readonly maxInAws: number };
  readonly running: number;
  readonly desired: number;
  /** Oldest first. */
  readonly samples: readonly ScalingSample[];
  /** Newest first. */
  readonly decisions: readonly ScalingDecision[];
  readonly load: LoadState;
}

export type Policy =
  | { readonly kind: "steps"; readonly out: PolicySteps; readonly in: PolicySteps }
  | { readonly kind: Exclude<ScalingPolicy["kind"], "steps">; readonly target: number };

export interface PolicySteps {
  /** Requests per minute. */
  readonly threshold: number;
  /** Minutes at or beyond the threshold until the alarm fires. */
  readonly minutes: number;
  /** Seconds in AWS. */
  readonly cooldown: number;
  readonly steps: readonly {
    /** Lower and upper bound; null if there is none. */
    readonly low: number | null;
    readonly high: number | null;
    readonly change: number;
  }[];
}

/** Values at the end of a minute, or of ten seconds while scaling is off. */
export interface ScalingSample {
  /** Epoch seconds. */
  readonly time: number;
  /** Likes per minute. */
  readonly requests: number;
  readonly running: number;
  readonly desired: number;
  /** True for alarms that fire. Absent while scaling is off. */
  readonly alarms?: Readonly<Record<Direction, boolean>>;
}

export interface ScalingDecision {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly direction: Direction;
  readonly from: number;
  readonly to: number;
  /** Reason with the values that led to the decision. */
  readonly message: string;
}

/** The current or last load test. */
export interface LoadState {
  readonly running: boolean;
  /** Likes per second. */
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
