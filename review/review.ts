import type { Finding, Severity } from "./attention/finding.ts";
import type { Difference } from "./differences.ts";
import type { Attached } from "./drift.ts";
import { type Gathered, gather } from "./gather.ts";
import { withoutSecrets } from "./hide.ts";
import { judge } from "./judge.ts";
import { byDanger } from "./order.ts";
import type { PlanPart } from "./plan-file.ts";
import type { PlansIndex, StackPlan } from "./plans.ts";
import { Secrets } from "./secrets.ts";
import type { Action } from "./subject.ts";

/** What a change will do to an environment. Holds no secret, and nothing that depends on when or where it was made. */
export interface Review {
  readonly environment: string;
  /** The revision that an emulator had applied, when the plans are a preview. */
  readonly base: string | undefined;
  readonly stacks: readonly StackReview[];
  /** Most dangerous first. */
  readonly attention: readonly Finding[];
}

export interface StackReview {
  readonly name: string;
  readonly outcome: StackPlan["outcome"];
  /** Why there is no plan. */
  readonly error: string | undefined;
  /** Upstream stacks that this one was planned without, and behind of; see `plans.ts`. */
  readonly provisional: readonly string[];
  readonly outdated: readonly string[];
  /** Most dangerous first. */
  readonly resources: readonly ResourceReview[];
  /** What changed outside the code, as far as that is anybody's concern. */
  readonly drift: readonly ResourceReview[];
  readonly outputs: readonly Difference[];
}

export interface ResourceReview {
  readonly name: string;
  readonly address: string;
  readonly type: string;
  readonly action: Action;
  readonly movedFrom: string | undefined;
  readonly replacedBy: readonly string[];
  /** The worst that is found about it. */
  readonly severity: Severity | undefined;
  readonly differences: readonly Difference[];
  /** Attributes that AWS says only when it is done, and the code does not. */
  readonly knownAfterApply: readonly string[];
}

/** Reads every plan once, and says what they do. `open` gives the parts of a stack's plan. */
export async function review(
  { environment, preview, stacks }: PlansIndex,
  open: (stack: Extract<StackPlan, { outcome: "planned" }>) => AsyncIterable<PlanPart>,
): Promise<Review> {
  const secrets = new Secrets();
  const attached: Attached = { openings: [], policies: new Set() };
  const gathered: Gathered[] = [];
  for (const stack of stacks) {
    gathered.push(await gather(stack, stack.outcome === "planned" ? open(stack) : nothing(), secrets, attached));
  }
  // Only now all secrets are known, and all that one stack adds to the resources of another.
  const judged = gathered.map((stack) => judge(stack, attached));
  const whole = {
    environment,
    base: preview?.base,
    stacks: judged.map(({ review }) => review),
    attention: judged.flatMap(({ findings }) => findings).sort(byDanger(stacks.map(({ name }) => name))),
  };
  return withoutSecrets(whole, secrets);
}

async function* nothing(): AsyncGenerator<PlanPart> {}
