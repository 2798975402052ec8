import type { Attached } from "./drift.ts";
import { evaluate, type LineOf } from "./evaluate.ts";
import { type Gathered, gather } from "./gather.ts";
import { Hider } from "./hider.ts";
import type { Review } from "./model.ts";
import { byDanger } from "./order.ts";
import type { PlanPart } from "./plan/part.ts";
import type { PlansIndex, StackPlan } from "./plan/plans-index.ts";
import { Secrets } from "./secrets/secrets.ts";

/** Reads every plan and returns the review. `open` returns the parts of a stack's plan, and `lineOf` the JSON of a resource. */
export async function review(
  { environment, preview, stacks }: PlansIndex,
  open: (stack: Extract<StackPlan, { outcome: "planned" }>) => AsyncIterable<PlanPart>,
  lineOf?: LineOf,
): Promise<Review> {
  const secrets = new Secrets();
  const attached: Attached = { networkRules: [], policies: new Set() };
  const gathered: Gathered[] = [];
  for (const stack of stacks) {
    gathered.push(await gather(stack, stack.outcome === "planned" ? open(stack) : noParts(), secrets, attached));
  }
  // Secrets and cross-stack attachments are complete only after the last plan.
  const hider = new Hider(secrets);
  const evaluated = gathered.map((stack) => evaluate(stack, attached, hider, lineOf));
  return {
    environment,
    base: preview?.base,
    stacks: evaluated.map(({ review }) => review),
    attention: evaluated.flatMap(({ findings }) => findings).sort(byDanger(stacks.map(({ name }) => name))),
  };
}

async function* noParts(): AsyncGenerator<PlanPart> {}
