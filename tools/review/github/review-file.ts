import { readFileSync } from "node:fs";
import { type ReviewJson, reviewJson } from "../json-schema.ts";

export function readText(file: string): string {
  return readFileSync(file, "utf8");
}

/** Reads the review that `npm run review -- --json` wrote. */
export function readReview(file: string): ReviewJson {
  return reviewJson.parse(JSON.parse(readText(file)));
}

/**
 * True when applying would change something. Drift alone does not count because applying does not revert it, and neither
 * do orphaned stacks because applying does not touch them.
 */
export function hasChanges({ stacks }: ReviewJson): boolean {
  return stacks.some(({ resources, outputs }) => resources.length + outputs.length > 0);
}

/** True when every stack was planned without changes or drift, and no orphaned stack exists. */
export function isAsDescribed({ stacks }: ReviewJson): boolean {
  return stacks.every(
    ({ outcome, resources, drift, outputs }) =>
      outcome === "planned" && resources.length + drift.length + outputs.length === 0,
  );
}
