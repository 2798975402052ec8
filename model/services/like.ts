import type { Settings } from "../../settings/schema.ts";
import { type Scaling, stepScaling } from "../scaling.ts";
import { CPU, TRACKING_COOLDOWN } from "../scaling-defaults.ts";
import type { ServiceDefinition } from "../service.ts";

/** Path pattern of the like service; the star matches the ID of a mysfit. */
export const LIKE_PATH = "/mysfits/*/like";

// A task needs most of a minute to start and pass three health checks; scaling out again before that would be guessing.
// Scaling in waits for a whole minute with fewer tasks, and until the connections of the stopped tasks are closed.
const COOLDOWN = { out: 60, in: 120 };

const SCALING: Record<Settings["services"]["like"]["scaling"], Scaling> = {
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
  // The load per task of two tasks just before the steps add more.
  "requests-per-task": { kind: "requests-per-task", target: 500, cooldown: TRACKING_COOLDOWN },
  cpu: CPU,
};

export const like: ServiceDefinition = {
  path: LIKE_PATH,
  release: "blue-green",
  calls: ["monolith"],
  environment: ({ services }) => ({ CHAOSMODE: services.like.chaosMode ? "on" : "off" }),
  scaling: ({ services }) => SCALING[services.like.scaling],
  rollbackAlarms: ["like-errors", "like-latency", "load-balancer-errors"],
};
