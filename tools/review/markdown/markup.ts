import type { Severity } from "../model.ts";

export const SIGNS: Readonly<Record<Severity, string>> = { danger: "🔴", caution: "🟠", note: "🔵" };

/** A collapsed section. */
export function details(summary: string, parts: readonly string[]): string {
  return [`<details><summary>${summary}</summary>`, ...parts, "</details>"].join("\n\n");
}
