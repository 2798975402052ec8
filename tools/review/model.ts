import type { StackPlan } from "./plan/plans-index.ts";
import type { Action, Order } from "./subject.ts";
import type { BeforeAndAfter, Value } from "./values/value.ts";

// What a review consists of: findings, and the changes of each stack.

/** Most severe first. A danger loses data, traffic, or protection, or grants access. */
export const SEVERITIES = ["danger", "caution", "note"] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Subjects of findings, in the order in which findings of one severity are listed. */
export const KINDS = [
  "unplanned",
  "unread",
  "loss",
  "public",
  "network",
  "access",
  "protection",
  "traffic",
  "orphaned-stack",
  "drift",
  "release",
] as const;

export type Kind = (typeof KINDS)[number];

/** Alternating words and values, words first. Values are untrusted: every printer must escape them. */
export type Text = readonly (string | Shown)[];

/** A value inside text. */
export interface Shown {
  readonly shown: Value;
}

/** The result of a rule for one resource. */
export interface Finding {
  readonly severity: Severity;
  /** The effect of the change and its consequence, in sentences without the resource's name. */
  readonly text: Text;
}

/** A finding together with the stack and resource it belongs to. */
export interface PlacedFinding extends Finding {
  readonly kind: Kind;
  readonly stack: string;
  readonly name: string;
  /** Terraform address; undefined for a finding about a whole stack. */
  readonly address: string | undefined;
}

/** A leaf or element that differs between both sides of a change. */
export interface Difference extends BeforeAndAfter {
  /** Path such as `container_definitions[like].environment[LOGLEVEL].value`. */
  readonly path: string;
  /** True if a hidden part of a text changes, perhaps beside others. */
  readonly sensitiveChanges?: true;
  /** Set if only one side is marked as sensitive. */
  readonly mark?: "added" | "removed";
}

/** The effect of a change on an environment. Contains no secrets, times, or other run-dependent values. */
export interface Review {
  readonly environment: string;
  /** Revision applied to the emulator when the plans are a preview. */
  readonly base: string | undefined;
  readonly stacks: readonly StackReview[];
  /** Most severe first. */
  readonly attention: readonly PlacedFinding[];
}

export interface StackReview {
  readonly name: string;
  readonly outcome: StackPlan["outcome"];
  /** Terraform's error when planning failed. */
  readonly error: string | undefined;
  /** Upstream stacks with mock outputs, and upstream stacks with pending changes; see `plans-index.ts`. */
  readonly mocked: readonly string[];
  readonly outdated: readonly string[];
  /** False when the plan is only a part of what Terraform will do. */
  readonly isComplete: boolean;
  /** Addresses of actions that applying invokes (Terraform 1.14). */
  readonly invocations: readonly string[];
  /** Addresses of resources whose changes, and of actions whose invocations, Terraform defers. */
  readonly deferred: readonly string[];
  /** Most severe first. */
  readonly resources: readonly ResourceReview[];
  /** Relevant changes made outside Terraform. */
  readonly drift: readonly ResourceReview[];
  readonly outputs: readonly Difference[];
}

export interface ResourceReview {
  /** Construct path, or the address when there is none. */
  readonly name: string;
  readonly address: string;
  readonly type: string;
  readonly action: Action;
  readonly movedFrom: string | undefined;
  /** ID of the existing object that is imported. */
  readonly importedAs: string | undefined;
  /** Order of a replacement. */
  readonly order: Order | undefined;
  /** Terraform's reason for the action, in words. */
  readonly reason: string | undefined;
  /** Paths that force the replacement, such as `root_block_device.encrypted`. */
  readonly replacedBy: readonly string[];
  /** Highest severity among its findings. */
  readonly severity: Severity | undefined;
  readonly differences: readonly Difference[];
  /** Attributes not set in the code that AWS assigns during apply. */
  readonly knownAfterApply: readonly string[];
  /** The resource in the review's JSON as UTF-8, if that was requested. */
  readonly line?: Buffer | undefined;
}
