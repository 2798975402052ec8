import type { Decision } from "./auto-scaling.ts";

const FIGURES = {
  steps: "requests a minute",
  "requests-per-task": "requests a minute and task",
  cpu: "% CPU",
} as const;

/** The figure that a policy went by and its rule, as in `3,000 requests a minute, at or above 1,000 (step 2,000 to 4,000: +20)`. */
export function causeOf({ policy, direction, value, threshold, step }: Decision): string {
  const side = direction === "out" ? "above" : "below";
  const alarm = `${round(value)} ${FIGURES[policy]}, ${policy === "steps" ? `at or ${side}` : side} ${round(threshold)}`;
  const rule = step ? `step ${round(step.from)} to ${round(step.to)}: ${signed(step.change)}` : "in proportion";
  return `${alarm} (${rule})`;
}

/**
 * What held the policy back; nothing when nothing did.
 * @param most Tasks that there may be.
 */
export function hindranceOf({ limit }: Decision, most: number): string | undefined {
  switch (limit) {
    case "max":
      return `${most} is the most there may be`;
    case "min":
      return "fewer there may not be";
    case "cooldown":
      return "the cooldown of the last change is not over";
    default:
      return undefined;
  }
}

function round(figure: number): string {
  return Number.isFinite(figure) ? figure.toLocaleString("en", { maximumFractionDigits: 1 }) : figure < 0 ? "-∞" : "∞";
}

function signed(change: number): string {
  return change > 0 ? `+${change}` : String(change);
}
