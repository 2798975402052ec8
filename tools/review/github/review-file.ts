import { readFileSync } from "node:fs";
import { describeFileError } from "../../../command-line/file-error.ts";
import { check } from "../../../settings/check.ts";
import { type ReviewJson, reviewJson } from "../json-schema.ts";

export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`${file}: ${EXPECTED}, ${describeFileError(error, "read")}`, { cause: error });
  }
}

const EXPECTED = "expected a file that npm run review writes";

/** Reads the review that `npm run review -- --json` wrote. */
export function readReview(file: string): ReviewJson {
  const { data, problems } = check(reviewJson, parse(readText(file), file), WORDING);
  if (problems) {
    throw new Error(`${file}: ${problems[0]}`);
  }
  return data;
}

const WORDING = { whole: "the file", unknownKey: "no such field in a review" };

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: ${EXPECTED}, found invalid JSON`, { cause: error });
  }
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
