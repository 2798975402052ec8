import type { Scaling } from "./scaling.ts";

// Target tracking multiplies the tasks by the metric's share of the target. Until metrics show the last change, it would
// multiply the new number of tasks by the load of the old one. Metrics are a minute late, so the second minute is the first
// that counts.
export const TRACKING_COOLDOWN = { out: 120, in: 120 };

/** Leaves half of the CPU free, so that requests may double before more tasks have started. */
export const CPU: Scaling = { kind: "cpu", target: 50, cooldown: TRACKING_COOLDOWN };
