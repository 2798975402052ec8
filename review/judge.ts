import { type Finding, type Judgement, type Severity, text } from "./attention/finding.ts";
import { findingsOf } from "./attention/rules.ts";
import { attributeOf, type Difference, differences } from "./differences.ts";
import { type Attached, type Drift, judgeDrift } from "./drift.ts";
import type { Gathered } from "./gather.ts";
import { compare, rank, worstFirst } from "./order.ts";
import { removalOf, type StackPlan } from "./plans.ts";
import type { ResourceReview, StackReview } from "./review.ts";
import type { Subject } from "./subject.ts";
import { UNKNOWN } from "./value.ts";

/** What to say of a stack, and what a reviewer should look at in it. */
export function judge(gathered: Gathered, attached: Attached): { review: StackReview; findings: readonly Finding[] } {
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
      error: stack.outcome === "failed" ? stack.error : undefined,
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

/** What is to be said of a stack that has no plan. */
function unplanned(stack: StackPlan): readonly Finding[] {
  const place = { stack: stack.name, name: stack.name, address: undefined };
  switch (stack.outcome) {
    case "planned":
      return [];
    case "failed":
      return [
        {
          kind: "unplanned",
          severity: "danger",
          ...place,
          text: text`Could not be planned, so nobody knows what would happen to it.`,
        },
      ];
    case "left-behind":
      return [{ kind: "left-behind", ...place, ...left(stack) }];
  }
}

function left({ name, resources, onDemand }: Extract<StackPlan, { outcome: "left-behind" }>): Judgement {
  const size = resources === 1 ? "1 resource" : `${resources} resources`;
  const end = [{ shown: removalOf(name) }, "."];
  return onDemand
    ? { severity: "note", text: [`Came on demand and still stands: ${size} that may cost money until `, ...end] }
    : { severity: "caution", text: [`Is not in the code, but applied: ${size} that may cost money until `, ...end] };
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
      const said = differences.filter(
        // What nobody sets goes back to what AWS makes of that.
        (difference) =>
          action !== "replace" ||
          difference.after !== null ||
          subject.configured.attributes.includes(attributeOf(difference)),
      );
      const isOpen = (difference: Difference) =>
        difference.after === UNKNOWN &&
        (difference.before === undefined || !subject.configured.attributes.includes(attributeOf(difference)));
      return {
        name,
        address,
        type,
        action,
        movedFrom,
        replacedBy,
        severity: worst.get(address),
        differences: said.filter((difference) => !isOpen(difference)),
        knownAfterApply: said.filter(isOpen).map(({ path }) => path),
      };
    })
    .sort(worstFirst);
}
