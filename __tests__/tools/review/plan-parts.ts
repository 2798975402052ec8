import { json } from "../../../tools/review/json.ts";
import type { ReviewJson } from "../../../tools/review/json-schema.ts";
import { written } from "../../../tools/review/markdown/changes.ts";
import type { Review } from "../../../tools/review/model.ts";
import type { ResourceChange } from "../../../tools/review/plan/format.ts";
import type { PlanPart, ResourcePart } from "../../../tools/review/plan/part.ts";
import type { PlansIndex } from "../../../tools/review/plan/plans-index.ts";
import { review } from "../../../tools/review/review.ts";

/** A change to one resource in a plan. */
export interface ResourceInput {
  readonly type: string;
  readonly name?: string;
  /** Type and name without it. */
  readonly address?: string;
  readonly mode?: "managed" | "data";
  readonly actions?: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly unknown?: unknown;
  readonly sensitive?: unknown;
  /** Sensitive parts before the change, if they differ. */
  readonly wasSensitive?: unknown;
  /** Attributes, or paths inside of them, that force a replacement. */
  readonly replaced?: readonly (string | readonly string[])[];
  readonly deposed?: string;
  /** Terraform's `action_reason`. */
  readonly reason?: string;
}

/** The part of a plan about a resource. Without `actions`, both sides determine whether it is created, updated, or destroyed. */
export function resource(input: ResourceInput): PlanPart {
  return { kind: "resource", ...resourcePart(resourceChange(input)) };
}

/** The part of a plan about a change outside Terraform. */
export function drift(input: ResourceInput): PlanPart {
  return { kind: "drift", ...resourcePart(resourceChange(input)) };
}

export function resourcePart(resource: ResourceChange): ResourcePart {
  return { head: resource, read: () => resource };
}

function resourceChange({ type, name = "it", before = null, after = null, ...input }: ResourceInput) {
  const usual = before === null ? ["create"] : after === null ? ["delete"] : ["update"];
  return {
    address: input.address ?? `${type}.${name}`,
    mode: input.mode ?? "managed",
    type,
    deposed: input.deposed,
    action_reason: input.reason,
    change: {
      actions: (input.actions ?? usual) as ("create" | "delete" | "update")[],
      before,
      after,
      after_unknown: input.unknown ?? {},
      before_sensitive: input.wasSensitive ?? input.sensitive ?? {},
      after_sensitive: input.sensitive ?? {},
      replace_paths: input.replaced?.map((path) => [path].flat()),
    },
  };
}

/** The configuration of a resource with these arguments. */
export function configured(type: string, ...attributes: readonly string[]): PlanPart {
  return { kind: "configured", address: `${type}.it`, attributes, references: {} };
}

/** Reviews stacks, given by the parts of their plans. */
export function reviewOf(stacks: Readonly<Record<string, readonly PlanPart[]>>): Promise<Review> {
  return review(indexOf(Object.keys(stacks)), async function* ({ name }) {
    yield* stacks[name] ?? [];
  });
}

/** Reviews one stack in which these resources change. */
export function reviewOfResources(...input: readonly ResourceInput[]): Promise<Review> {
  return reviewOf({ platform: input.map(resource) });
}

/** The findings about a plan in which these resources change, such as `danger loss: aws_lb is destroyed. …`. */
export async function findings(...input: readonly ResourceInput[]): Promise<string[]> {
  return findingsIn(await reviewOfResources(...input));
}

/** The findings of a review, such as `danger loss: aws_lb is destroyed. …`. */
export function findingsIn(review: Review): string[] {
  return jsonOf(review).attention.map(({ severity, kind, text }) => `${severity} ${kind}: ${text}`);
}

/** The review as `npm run review -- --json` writes it. */
export function jsonOf(review: Review): ReviewJson {
  return json(review, written);
}

export function indexOf(names: readonly string[]): PlansIndex {
  return {
    format: 3,
    environment: "workshop",
    stacks: names.map((name) => ({
      name,
      dependencies: [],
      constructs: {},
      outcome: "planned",
      plan: `${name}.json`,
      mocked: [],
      outdated: [],
    })),
  };
}
