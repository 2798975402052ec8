import type { Decision } from "./auto-scaling.ts";

/** Text after a metric's value. */
const METRICS = {
  steps: " requests a minute",
  "requests-per-task": " requests per minute per task",
  cpu: "% CPU",
} as const;

/** The metric and the rule behind a decision, such as `3,000 requests a minute, at or above 1,000 (step 2,000 to 4,000: +20)`. */
export function scalingReason({ policy, direction, value, threshold, step }: Decision): string {
  const side = direction === "out" ? "above" : "below";
  const alarm = `${round(value)}${METRICS[policy]}, ${policy === "steps" ? `at or ${side}` : side} ${round(threshold)}`;
  const rule = step ? `step ${round(step.from)} to ${round(step.to)}: ${signed(step.change)}` : "in proportion";
  return `${alarm} (${rule})`;
}

/**
 * The limit that held a decision back, or undefined.
 * @param max Maximum number of tasks.
 */
export function scalingLimit({ limit }: Decision, max: number): string | undefined {
  switch (limit) {
    case "max":
      return `${max} tasks is the maximum`;
    case "min":
      return "the minimum number of tasks is reached";
    case "cooldown":
      return "the cooldown of the last change is not over";
    default:
      return undefined;
  }
}

function round(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString("en", { maximumFractionDigits: 1 }) : value < 0 ? "-∞" : "∞";
}

function signed(change: number): string {
  return change > 0 ? `+${change}` : String(change);
}
