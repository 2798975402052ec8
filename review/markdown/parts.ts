import type { Severity } from "../attention/finding.ts";
import type { StackReview } from "../review.ts";
import type { Action } from "../subject.ts";

export const SIGNS: Readonly<Record<Severity, string>> = { danger: "🔴", caution: "🟠", note: "🔵" };

/** A section that is folded until somebody opens it. */
export function details(summary: string, parts: readonly string[]): string {
  return [`<details><summary>${summary}</summary>`, ...parts, "</details>"].join("\n\n");
}

/** How many resources of a stack something happens to. */
export function count({ resources }: StackReview, action: Action): number {
  return resources.filter((resource) => resource.action === action).length;
}
