import { type Judgement, list, text } from "./attention/finding.ts";
import { judge } from "./attention/network.ts";
import { includes, type Opening, openingsOf } from "./attention/openings.ts";
import { attributeOf, type Difference, differences } from "./differences.ts";
import type { Subject } from "./subject.ts";
import { at, isFields, isList, isNothing, listOf, type Value } from "./value.ts";

// Changes outside the code. Terraform lists as drift whatever differs between its state and AWS, and most of that is nobody's
// doing: a provider that reads `{}` where it wrote nothing, a security group that lists rules which resources of their own
// made, a counter. What remains here is what the code says otherwise, and what lets somebody in.

/** What resources of their own add to others, in any stack: a group's rules, a role's policies. */
export interface Attached {
  readonly openings: Opening[];
  /** Role and name of policies, or role and ARN. */
  readonly policies: Set<string>;
}

export interface Drift {
  readonly differences: readonly Difference[];
  readonly judgements: readonly Judgement[];
}

/** Types of resources that add something to others. */
export const ATTACHED_TYPES: readonly string[] = [
  "aws_vpc_security_group_ingress_rule",
  "aws_vpc_security_group_egress_rule",
  "aws_security_group_rule",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
];

/** Takes in what a resource adds to another one. */
export function collect({ openings, policies }: Attached, type: string, resource: Value | undefined): void {
  openings.push(...openingsOf(type, resource));
  for (const name of ["name", "policy_arn"]) {
    policies.add(policyOf(at(resource, "role"), at(resource, name)));
  }
}

function policyOf(role: Value | undefined, policy: Value | undefined): string {
  return `${role} ${policy}`;
}

/** What to say of a resource that changed outside the code; undefined when that is nobody's concern. */
export function judgeDrift(drift: Subject, planned: Subject | undefined, attached: Attached): Drift | undefined {
  if (drift.action === "destroy") {
    return { differences: [], judgements: [deleted(planned)] };
  }
  const touched = new Set(planned === undefined ? [] : differences(planned).map(attributeOf));
  const changed = new Set(differences({ before: bare(drift.before), after: bare(drift.after) }).map(attributeOf));
  const told = differences(drift).filter(
    (difference) =>
      changed.has(attributeOf(difference)) && drift.configured.attributes.includes(attributeOf(difference)),
  );
  const attributes = [...new Set(told.map(attributeOf))];
  const undone = attributes.filter((name) => touched.has(name));
  const left = attributes.filter((name) => !touched.has(name));
  const judgements = [
    ...foreignOpenings(drift, attached),
    ...foreignPolicies(drift, attached),
    ...(undone.length === 0 ? [] : [reverted(undone)]),
    ...(left.length === 0 ? [] : [kept(left)]),
  ];
  return judgements.length === 0 ? undefined : { differences: told, judgements };
}

function deleted(planned: Subject | undefined): Judgement {
  return {
    severity: "caution",
    text:
      planned === undefined
        ? text`Was deleted outside the code, and the plan leaves it at that.`
        : text`Was deleted outside the code. Applying makes it anew, and empty.`,
  };
}

function reverted(attributes: readonly string[]): Judgement {
  return {
    severity: "caution",
    text: [...text`Was changed outside the code, and applying takes that back: `, ...list(attributes), "."],
  };
}

function kept(attributes: readonly string[]): Judgement {
  return {
    severity: "note",
    text: [...text`Was changed outside the code, which leaves that to others: `, ...list(attributes), "."],
  };
}

/** What a security group lets through now that no rule in the planned stacks does. */
function foreignOpenings({ type, before, after }: Subject, { openings }: Attached): readonly Judgement[] {
  const known = [...openingsOf(type, before), ...openings];
  return openingsOf(type, after)
    .filter((opening) => !known.some((wider) => includes(wider, opening)))
    .map(judge)
    .map(({ severity, text: sentence }) => ({
      // A rule may be of a stack that is not planned here; one that lets in everybody is worth asking for all the same.
      severity: severity === "danger" ? "danger" : "note",
      text: [...sentence, " No rule in the stacks that are planned here says so, and applying does not take it back."],
    }));
}

/** Policies that a role has now and that the code does not give it. */
function foreignPolicies({ type, before, after }: Subject, { policies }: Attached): readonly Judgement[] {
  if (type !== "aws_iam_role") {
    return [];
  }
  const role = at(after, "name");
  const names = (side: Value | undefined) => [
    ...listOf(at(side, "inline_policy")).map((policy) => at(policy, "name")),
    ...listOf(at(side, "managed_policy_arns")),
  ];
  const had = names(before);
  const foreign = names(after).filter(
    (name) => typeof name === "string" && !had.includes(name) && !policies.has(policyOf(role, name)),
  ) as string[];
  return foreign.length === 0
    ? []
    : [
        {
          severity: "danger",
          text: [...text`Got policies outside the code, and applying does not take them away: `, ...list(foreign), "."],
        },
      ];
}

/** A value without what providers fill in where nothing was said. */
function bare(value: Value | undefined): Value | undefined {
  if (isList(value)) {
    return value.map((item) => bare(item) ?? null);
  }
  if (isFields(value)) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => name !== "tags_all")
        .map(([name, inner]) => [name, bare(inner)] as const)
        .filter((entry): entry is [string, Value] => !isNothing(entry[1]) && entry[1] !== false && entry[1] !== 0),
    );
  }
  return value;
}
