import { KINDS, type PlacedFinding, type ResourceReview, SEVERITIES, type Severity } from "./model.ts";
import { ACTIONS } from "./subject.ts";
import { stringify } from "./values/value.ts";

// The order of findings and resources in a review. It depends only on the plans.

/** Orders findings by severity, kind, and the order of the stacks. */
export function byDanger(stacks: readonly string[]) {
  return (one: PlacedFinding, other: PlacedFinding) =>
    rank(one.severity) - rank(other.severity) ||
    KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) ||
    stacks.indexOf(one.stack) - stacks.indexOf(other.stack) ||
    compare(one.name, other.name) ||
    compare(stringify(one.text), stringify(other.text));
}

/** Smaller numbers are more severe. */
function rank(severity: Severity | undefined): number {
  return severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity);
}

/** Orders by code units, independent of the locale. */
export function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Orders the resources of a stack by severity and action. */
export function worstFirst(one: ResourceReview, other: ResourceReview): number {
  return (
    rank(one.severity) - rank(other.severity) ||
    ACTIONS.indexOf(one.action) - ACTIONS.indexOf(other.action) ||
    compare(one.name, other.name) ||
    compare(one.address, other.address)
  );
}
