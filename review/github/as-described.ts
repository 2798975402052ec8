import type { ReviewJson } from "../json.ts";

/**
 * Whether an environment is as its code says: everything could be planned, nothing would change or has changed outside of it, and
 * no stack stands that the code does not have.
 */
export function isAsDescribed({ stacks }: ReviewJson): boolean {
  return stacks.every(
    ({ outcome, resources, drift, outputs }) =>
      outcome === "planned" && resources.length + drift.length + outputs.length === 0,
  );
}
