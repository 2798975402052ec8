import { type Finding, KINDS, SEVERITIES, type Severity, type Text, text } from "./attention/finding.ts";
import { findingsOf } from "./attention/rules.ts";
import { attributeOf, type Difference, differences } from "./differences.ts";
import { type Attached, type Drift, judgeDrift } from "./drift.ts";
import { type Gathered, gather } from "./gather.ts";
import type { PlanPart } from "./plan-file.ts";
import type { PlansIndex, StackPlan } from "./plans.ts";
import { Secrets } from "./secrets.ts";
import { ACTIONS, type Action, type Subject } from "./subject.ts";
import { UNKNOWN } from "./value.ts";

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
  const order = stacks.map(({ name }) => name);
  return {
    environment,
    base: preview?.base,
    stacks: judged.map(({ review }) => withoutSecrets(review, secrets)),
    attention: judged
      .flatMap(({ findings }) => findings)
      .sort(byDanger(order))
      .map((finding) => ({ ...finding, name: secrets.hide(finding.name), text: hidden(finding.text, secrets) })),
  };
}

function judge(gathered: Gathered, attached: Attached): { review: StackReview; findings: readonly Finding[] } {
  const { stack, subjects, outputs } = gathered;
  const planned = subjects.flatMap((subject) => findingsOf(subject, subjects));
  const drift = driftIn(gathered, attached);
  const outside = drift.flatMap(({ subject, drift }) =>
    drift.judgements.map((judgement) => ({ kind: "drift" as const, ...placeOf(subject), ...judgement })),
  );
  return {
    findings: [...unplanned(stack), ...planned, ...outside],
    review: {
      name: stack.name,
      outcome: stack.outcome,
      error: stack.outcome === "planned" ? undefined : stack.error,
      provisional: stack.outcome === "planned" ? stack.provisional : [],
      outdated: stack.outcome === "planned" ? stack.outdated : [],
      resources: reviewed(
        subjects.map((subject) => ({ subject, differences: differences(subject) })),
        planned,
      ),
      drift: reviewed(
        drift.map(({ subject, drift }) => ({ subject, differences: drift.differences })),
        outside,
      ),
      outputs: outputs.toSorted((one, other) => compare(one.path, other.path)),
    },
  };
}

/** A stack that nobody could plan may do anything. */
function unplanned(stack: StackPlan): readonly Finding[] {
  const place = { kind: "unplanned", stack: stack.name, name: stack.name, address: undefined } as const;
  switch (stack.outcome) {
    case "failed":
      return [
        { ...place, severity: "danger", text: text`Could not be planned, so nobody knows what would happen to it.` },
      ];
    case "skipped":
      return [{ ...place, severity: "caution", text: text`Was not planned.` }];
    default:
      return [];
  }
}

function driftIn({ subjects, drifted }: Gathered, attached: Attached) {
  return drifted.flatMap((subject): { subject: Subject; drift: Drift }[] => {
    const plan = subjects.find(({ address }) => address === subject.address);
    const drift = judgeDrift(subject, plan, attached);
    return drift === undefined ? [] : [{ subject, drift }];
  });
}

function placeOf({ stack, name, address }: Subject) {
  return { stack, name, address };
}

function reviewed(
  changes: readonly { subject: Subject; differences: readonly Difference[] }[],
  findings: readonly Finding[],
): readonly ResourceReview[] {
  const worst = new Map<string | undefined, Severity>();
  for (const { address, severity } of findings) {
    const known = worst.get(address);
    worst.set(address, known === undefined || rank(severity) < rank(known) ? severity : known);
  }
  return changes
    .map(({ subject, differences }) => {
      const { name, address, type, action, movedFrom, replacedBy } = subject;
      const isOpen = (difference: Difference) =>
        difference.after === UNKNOWN &&
        (difference.before === undefined || !subject.configured(attributeOf(difference)));
      return {
        name,
        address,
        type,
        action,
        movedFrom,
        replacedBy,
        severity: worst.get(address),
        differences: differences.filter((difference) => !isOpen(difference)),
        knownAfterApply: differences.filter(isOpen).map(({ path }) => path),
      };
    })
    .sort(
      (one, other) =>
        rank(one.severity) - rank(other.severity) ||
        ACTIONS.indexOf(one.action) - ACTIONS.indexOf(other.action) ||
        compare(one.name, other.name) ||
        compare(one.address, other.address),
    );
}

function byDanger(stacks: readonly string[]) {
  return (one: Finding, other: Finding) =>
    rank(one.severity) - rank(other.severity) ||
    KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) ||
    stacks.indexOf(one.stack) - stacks.indexOf(other.stack) ||
    compare(one.name, other.name) ||
    compare(JSON.stringify(one.text), JSON.stringify(other.text));
}

function rank(severity: Severity | undefined): number {
  return severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity);
}

/** By code units, which is the same order on every machine. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function withoutSecrets(stack: StackReview, secrets: Secrets): StackReview {
  const clean = ({ path, before, after }: Difference): Difference => ({
    path: secrets.hide(path),
    before: before === undefined ? undefined : secrets.hideIn(before),
    after: after === undefined ? undefined : secrets.hideIn(after),
  });
  const cleanResource = (resource: ResourceReview): ResourceReview => ({
    ...resource,
    name: secrets.hide(resource.name),
    address: secrets.hide(resource.address),
    differences: resource.differences.map(clean),
  });
  return {
    ...stack,
    error: stack.error && secrets.hide(stack.error),
    resources: stack.resources.map(cleanResource),
    drift: stack.drift.map(cleanResource),
    outputs: stack.outputs.map(clean),
  };
}

function hidden(text: Text, secrets: Secrets): Text {
  return text.map((part) => (typeof part === "string" ? part : { shown: secrets.hideIn(part.shown) }));
}

async function* nothing(): AsyncGenerator<PlanPart> {}
