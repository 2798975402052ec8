import { findingFor } from "./attention/network/network.ts";
import { includeTogether, type NetworkRule, networkRulesOf, protocolName } from "./attention/network/network-rules.ts";
import { list, text } from "./attention/text.ts";
import { attributeOf, differences } from "./differences.ts";
import type { Difference, Finding, Severity } from "./model.ts";
import type { Subject } from "./subject.ts";
import { at, equal, isFields, isList, isNothing, listOf, type Value } from "./values/value.ts";

// Changes made outside Terraform. Terraform reports every difference between its state and AWS as drift, and most of them are
// harmless: a provider that reads `{}` where it wrote nothing, a security group that lists rules created as resources of their
// own, a counter. Reported here are differences from the code, and access that the code does not grant.

/** Rules of security groups and network ACLs, and policies of roles, that are separate resources, in any stack. */
export interface Attached {
  readonly networkRules: NetworkRule[];
  /** Policies as role and name, or role and ARN. */
  readonly policies: Set<string>;
}

export interface Drift {
  readonly differences: readonly Difference[];
  readonly findings: readonly Finding[];
}

/** Types of resources that extend other resources. */
export const ATTACHED_TYPES: readonly string[] = [
  "aws_vpc_security_group_ingress_rule",
  "aws_vpc_security_group_egress_rule",
  "aws_security_group_rule",
  "aws_network_acl_rule",
  "azurerm_network_security_rule",
  "aws_iam_policy_attachment",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
];

/** Remembers the extension of another resource. */
export function collect({ networkRules, policies }: Attached, type: string, resource: Value | undefined): void {
  networkRules.push(...networkRulesOf(type, resource));
  for (const role of [at(resource, "role") ?? null, ...listOf(at(resource, "roles"))]) {
    for (const name of ["name", "policy_arn"]) {
      policies.add(policyOf(role, at(resource, name)));
    }
  }
}

function policyOf(role: Value | undefined, policy: Value | undefined): string {
  return `${role} ${policy}`;
}

/**
 * Findings about a resource that changed outside Terraform; undefined if the change is irrelevant. `planned` is the change of the
 * plan to the resource, if there is one.
 */
export function evaluateDrift(
  drift: Subject,
  planned: Subject | "refresh only" | undefined,
  attached: Attached,
): Drift | undefined {
  if (drift.action === "destroy") {
    return { differences: [], findings: [deleted(planned)] };
  }
  const changed = new Set(differences({ before: bare(drift.before), after: bare(drift.after) }).map(attributeOf));
  const told = differences(drift).filter(
    (difference) =>
      changed.has(attributeOf(difference)) && drift.configured.attributes.includes(attributeOf(difference)),
  );
  const findings = [
    ...foreignOpenings(drift, attached),
    ...foreignPolicies(drift, attached),
    ...(told.length === 0 ? [] : changedOutside(told, drift, planned)),
  ];
  return findings.length === 0 ? undefined : { differences: told, findings };
}

/** Findings about changed arguments of the code, grouped by the fate of the change. */
function changedOutside(
  changes: readonly Difference[],
  drift: Subject,
  planned: Subject | "refresh only" | undefined,
): readonly Finding[] {
  const attributes = [...new Set(changes.map(attributeOf))];
  if (planned === "refresh only") {
    return [
      {
        severity: "note",
        text: [...text`Was changed outside Terraform: `, ...list(attributes), `. ${ONLY_RECORDED}`],
      },
    ];
  }
  if (planned?.action === "destroy") {
    return [outside("note", ", and applying destroys it", attributes)];
  }
  if (planned?.action === "forget") {
    return [outside("note", ", and applying keeps that", attributes)];
  }
  const fates = Map.groupBy(attributes, fateIn(changes, drift, planned));
  return FATES.flatMap(([fate, severity, effect]) => {
    const names = fates.get(fate);
    return names === undefined ? [] : [outside(severity, effect, names)];
  });
}

/** The fate of a changed attribute. The provider may ignore parts of it, such as the days of a backup that is off. */
function fateIn(changes: readonly Difference[], drift: Subject, planned: Subject | undefined) {
  const plannedChanges = planned === undefined ? [] : differences(planned);
  const becomes = new Map(plannedChanges.map(({ path, after }) => [path, after]));
  const touched = new Set(plannedChanges.map(attributeOf));
  return (attribute: string): (typeof FATES)[number][0] => {
    if (!touched.has(attribute)) {
      return "kept";
    }
    const parts = changes.filter((change) => attributeOf(change) === attribute && becomes.has(change.path));
    const isSameAgain =
      equal(at(planned?.after, attribute), at(drift.before, attribute)) ||
      (parts.length > 0 && parts.every(({ path, before }) => equal(becomes.get(path), before)));
    return isSameAgain ? "reverted" : "overwritten";
  };
}

const FATES = [
  ["reverted", "caution", ", and applying reverts it"],
  ["overwritten", "caution", ", and applying changes it again"],
  ["kept", "note", ", and applying keeps that, because the code says the same or ignores it"],
] as const;

function outside(severity: Severity, effect: string, attributes: readonly string[]): Finding {
  return { severity, text: [`Was changed outside Terraform${effect}: `, ...list(attributes), "."] };
}

function deleted(planned: Subject | "refresh only" | undefined): Finding {
  const effect =
    planned === undefined
      ? ", and the plan does not create it again."
      : planned === "refresh only"
        ? `. ${ONLY_RECORDED}`
        : ". Applying creates it again, empty.";
  return { severity: "caution", text: ["Was deleted outside Terraform", effect] };
}

const ONLY_RECORDED = "Applying only records that in the state.";

/** Traffic that a security group allows although no rule in the planned stacks does. */
function foreignOpenings({ type, before, after }: Subject, { networkRules }: Attached): readonly Finding[] {
  const known = [...networkRulesOf(type, before), ...networkRules];
  return networkRulesOf(type, after)
    .filter((rule) => rule.effect === "allow" && !includeTogether(known, rule))
    .map(findingFor)
    .map(({ severity, text: sentence }) => ({
      // The rule may belong to a stack without a plan here; access from the internet is a danger in any case.
      severity: severity === "danger" ? "danger" : "note",
      text: [...sentence, " No rule in the planned stacks allows it, and applying does not revert it."],
    }));
}

/** Policies that a role has although the code does not attach them. */
function foreignPolicies({ type, before, after }: Subject, { policies }: Attached): readonly Finding[] {
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
          text: [...text`Got policies outside Terraform, and applying does not remove them: `, ...list(foreign), "."],
        },
      ];
}

/** A value without the defaults that providers fill in, and with protocols by name. */
function bare(value: Value | undefined): Value | undefined {
  if (isList(value)) {
    return value.map((item) => bare(item) ?? null);
  }
  if (isFields(value)) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => name !== "tags_all")
        .map(
          ([name, inner]) =>
            [name, bare(name === "protocol" && typeof inner === "string" ? protocolName(inner) : inner)] as const,
        )
        .filter((entry): entry is [string, Value] => !isNothing(entry[1]) && entry[1] !== false && entry[1] !== 0),
    );
  }
  return value;
}
