import type { PlanPart } from "../../review/plan-file.ts";
import type { PlansIndex } from "../../review/plans.ts";
import { type Review, review } from "../../review/review.ts";

/** A change of one resource, as a plan tells it. */
export interface Told {
  readonly type: string;
  readonly name?: string;
  readonly actions?: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly unknown?: unknown;
  readonly sensitive?: unknown;
  readonly replaced?: readonly string[];
}

/** A resource's part of a plan. Without actions it is created, updated or destroyed, as its two sides say. */
export function resource(told: Told): PlanPart {
  return { kind: "resource", resource: resourceChange(told) };
}

/** Likewise, for what happened outside of the code. */
export function drift(told: Told): PlanPart {
  return { kind: "drift", resource: resourceChange(told) };
}

function resourceChange({ type, name = "it", before = null, after = null, ...told }: Told) {
  const usual = before === null ? ["create"] : after === null ? ["delete"] : ["update"];
  return {
    address: `${type}.${name}`,
    mode: "managed" as const,
    type,
    change: {
      actions: (told.actions ?? usual) as ("create" | "delete" | "update")[],
      before,
      after,
      after_unknown: told.unknown ?? {},
      before_sensitive: told.sensitive ?? {},
      after_sensitive: told.sensitive ?? {},
      replace_paths: told.replaced?.map((attribute) => [attribute]),
    },
  };
}

/** Says that the code sets these arguments of a resource. */
export function configured(type: string, ...attributes: readonly string[]): PlanPart {
  return { kind: "configured", address: `${type}.it`, attributes, documents: {} };
}

/** Reviews stacks of which each is given by its plan's parts. */
export function reviewOf(stacks: Readonly<Record<string, readonly PlanPart[]>>): Promise<Review> {
  return review(indexOf(Object.keys(stacks)), async function* ({ name }) {
    yield* stacks[name] ?? [];
  });
}

/** Reviews one stack, of which nothing but a few resources changes. */
export function reviewOfResources(...told: readonly Told[]): Promise<Review> {
  return reviewOf({ platform: told.map(resource) });
}

export function indexOf(names: readonly string[]): PlansIndex {
  return {
    format: 2,
    environment: "workshop",
    stacks: names.map((name) => ({
      name,
      dependencies: [],
      constructs: {},
      outcome: "planned",
      plan: `${name}.json`,
      provisional: [],
      outdated: [],
    })),
  };
}
