import type { Scaling } from "./scaling.ts";

// Target tracking multiplies the task count by the ratio of metric to target. Until the metrics reflect the last change, it
// would multiply the new task count by the load on the old one. Metrics are a minute late, so the second minute is the
// first that counts.
export const TRACKING_COOLDOWN = { out: 120, in: 120 };

/** Leaves half of the CPU free, so that requests may double before more tasks have started. */
export const CPU: Scaling = { kind: "cpu", target: 50, cooldown: TRACKING_COOLDOWN };
