import { type Finding, KINDS, SEVERITIES, type Severity } from "./attention/finding.ts";
import type { ResourceReview } from "./review.ts";
import { ACTIONS } from "./subject.ts";

// The order of everything in a review, which depends on nothing but the plans.

/** Findings: the worst first, and those of one stack in its place among the stacks. */
export function byDanger(stacks: readonly string[]) {
  return (one: Finding, other: Finding) =>
    rank(one.severity) - rank(other.severity) ||
    KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) ||
    stacks.indexOf(one.stack) - stacks.indexOf(other.stack) ||
    compare(one.name, other.name) ||
    compare(JSON.stringify(one.text), JSON.stringify(other.text));
}

/** The smaller, the worse. */
export function rank(severity: Severity | undefined): number {
  return severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity);
}

/** By code units, which is the same order on every machine. */
export function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Resources of a stack. */
export function worstFirst(one: ResourceReview, other: ResourceReview): number {
  return (
    rank(one.severity) - rank(other.severity) ||
    ACTIONS.indexOf(one.action) - ACTIONS.indexOf(other.action) ||
    compare(one.name, other.name) ||
    compare(one.address, other.address)
  );
}
