import type { Decision } from "../../specs/auto-scaling.ts";

/**
 * A decision with the figures that caused it, in a line.
 * @param most Tasks that there may be.
 */
export function explain(
  { policy, direction, value, threshold, step, from, to, limit }: Decision,
  most: number,
): string {
  const figure = { steps: "requests a minute", "requests-per-task": "requests a minute and task", cpu: "% CPU" }[
    policy
  ];
  const side = direction === "out" ? "above" : "below";
  const alarm = `${round(value)} ${figure}, ${policy === "steps" ? `at or ${side}` : side} ${round(threshold)}`;
  const rule = step ? `step ${round(step.from)} to ${round(step.to)}: ${signed(step.change)}` : "in proportion";
  const change = from === to ? `stays at ${from}` : `from ${from} to ${to}`;
  const reason = {
    max: `${most} is the most there may be`,
    min: "fewer there may not be",
    cooldown: "the cooldown of the last change is not over",
  };
  return `scale-${direction}: ${alarm} (${rule}): ${change} tasks${limit ? `, ${reason[limit]}` : ""}`;
}

function round(figure: number): string {
  return Number.isFinite(figure) ? figure.toLocaleString("en", { maximumFractionDigits: 1 }) : figure < 0 ? "-∞" : "∞";
}

function signed(change: number): string {
  return change > 0 ? `+${change}` : String(change);
}
