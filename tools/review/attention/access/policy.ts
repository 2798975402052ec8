import { at, isFields, isList, isNothing, listOf, Secret, UNKNOWN, type Value } from "../../values/value.ts";
import type { Condition } from "./conditions.ts";
import { matches } from "./patterns.ts";

// Statements of policy documents in one normalized form, independent of their place and spelling.
// Source: "IAM JSON policy element reference" in the IAM user guide.

export interface Statement {
  readonly effect: "Allow" | "Deny";
  /** Patterns with `*` and `?`, or one that begins with `everything but`. Letter case does not count. */
  readonly actions: readonly string[];
  /** Patterns like those of actions, but case-sensitive. In a resource-based policy, `*` is that resource. */
  readonly resources: readonly string[];
  /** Such as `Service ecs-tasks.amazonaws.com`; `*` is anyone. Empty in an identity-based policy. */
  readonly principals: readonly string[];
  /** All must hold; sorted. */
  readonly conditions: readonly Condition[];
}

/** A policy document inside a resource. */
export interface Policy {
  readonly path: string;
  readonly statements: readonly Statement[];
}

/** All policy documents of a resource with their paths; `aws_iam_policy_document` is one as a whole. */
export function policiesOf(type: string, resource: Value | undefined): readonly Policy[] {
  if (type === "aws_iam_policy_document") {
    return [{ path: "statement", statements: ofDocument(resource) }];
  }
  return policiesIn(resource);
}

/** True for a policy document that takes statements from documents which are known only after apply. */
export function isIncomplete(document: Value | undefined): boolean {
  return [...MERGED, "statement"].some((name) => listOf(at(document, name)).includes(UNKNOWN));
}

/** Parts of a policy document's statements that are known only after apply. */
export function unknownParts(document: Value | undefined): readonly string[] {
  const blocks = listOf(at(document, "statement"));
  const isIn = (...names: readonly string[]) =>
    blocks.some((block) => names.some((name) => isPartlyUnknown(at(block, name))));
  const isInside = (argument: string, ...names: readonly string[]) =>
    blocks.some((block) =>
      names.some((name) => listOf(at(block, name)).some((inner) => isPartlyUnknown(at(inner, argument)))),
    );
  return [
    ...(isIn("actions", "not_actions") ? ["actions"] : []),
    ...(isIn("principals", "not_principals") || isInside("identifiers", "principals", "not_principals")
      ? ["principals"]
      : []),
    ...(isIn("condition") || isInside("values", "condition") ? ["conditions"] : []),
  ];
}

function isPartlyUnknown(value: Value | undefined): boolean {
  return listOf(value).includes(UNKNOWN);
}

/** Documents whose statements a policy document merges. Source: "aws_iam_policy_document" in the AWS provider's documentation. */
const MERGED = ["source_policy_documents", "override_policy_documents"];

/** Statements with the same ID replace earlier ones: those of sources, its own, and those of overriding documents, in this order. */
function ofDocument(document: Value | undefined): readonly Statement[] {
  const [sources, overriding] = MERGED.map((name) =>
    listOf(at(document, name))
      .flatMap((merged) => listOf(at(merged, "Statement")))
      .map((statement) => ({ id: at(statement, "Sid"), statements: fromJson(statement) })),
  ) as [Identified[], Identified[]];
  const own = listOf(at(document, "statement")).map((block) => ({
    id: at(block, "sid"),
    statements: fromBlock(block),
  }));
  const all: readonly Identified[] = [...sources, ...own, ...overriding];
  return all
    .filter(({ id }, index) => isNothing(id) || !all.slice(index + 1).some((later) => later.id === id))
    .flatMap(({ statements }) => statements);
}

interface Identified {
  readonly id: Value | undefined;
  readonly statements: readonly Statement[];
}

const NONE: readonly Policy[] = [];

/** Most resources have no policy, so paths are built only for policies that are found. */
function policiesIn(value: Value | undefined): readonly Policy[] {
  let found = NONE;
  if (isList(value)) {
    for (const [index, inner] of value.entries()) {
      const policies = typeof inner === "object" ? policiesIn(inner) : NONE;
      if (policies.length > 0) {
        found = [...found, ...policies.map((policy) => inside(`[${nameOf(inner) ?? index}]`, policy))];
      }
    }
  } else if (isFields(value)) {
    const statement = at(value, "Statement");
    if (statement !== undefined && isStatement(listOf(statement)[0])) {
      const isLiteral = at(value, "Version") !== WITH_VARIABLES;
      return [{ path: "", statements: listOf(statement).flatMap((one) => fromJson(one, isLiteral)) }];
    }
    for (const name in value) {
      const inner = value[name];
      const policies = typeof inner === "object" && inner !== null ? policiesIn(inner) : NONE;
      if (policies.length > 0) {
        found = [...found, ...policies.map((policy) => inside(name, policy))];
      }
    }
  }
  return found;
}

/** Any other version, also if it is not set, takes `${aws:username}` for text. Source: "Policy variables" in the IAM user guide. */
const WITH_VARIABLES = "2012-10-17";

function inside(step: string, { path, statements }: Policy): Policy {
  return { path: path === "" || path.startsWith("[") ? step + path : `${step}.${path}`, statements };
}

function isStatement(value: Value | undefined): boolean {
  const effect = at(value, "Effect");
  return effect === "Allow" || effect === "Deny";
}

function nameOf(value: Value): string | undefined {
  const name = at(value, "name");
  return typeof name === "string" ? name : undefined;
}

/** None for a statement that matches no resource, because it names them with variables that are literal. */
function fromJson(statement: Value, isLiteral = false): readonly Statement[] {
  const named = strings(at(statement, "Resource"));
  const reached = isLiteral ? named.filter((resource) => !resource.includes("${")) : named;
  if (!isStatement(statement) || reached.length < Math.min(named.length, 1)) {
    return [];
  }
  const patterns = (name: string) => [...strings(at(statement, name)), ...allBut(at(statement, `Not${name}`))];
  return [
    {
      effect: at(statement, "Effect") as Statement["effect"],
      actions: patterns("Action").map(inShort),
      resources: [...reached, ...allBut(at(statement, "NotResource"))],
      principals: [
        ...principalsIn(at(statement, "Principal")),
        ...allButThese(principalsIn(at(statement, "NotPrincipal"))),
      ],
      conditions: conditionsIn(at(statement, "Condition")),
    },
  ];
}

/** A `statement` block of Terraform's own `aws_iam_policy_document`. */
function fromBlock(block: Value): readonly Statement[] {
  const patterns = (name: string) => [...strings(at(block, name)), ...allBut(at(block, `not_${name}`))];
  const effect = at(block, "effect") === "Deny" ? "Deny" : "Allow";
  // What is unknown neither allows more nor denies less than before.
  const orAll = (name: string) => (effect === "Deny" && isPartlyUnknown(at(block, name)) ? ["*"] : patterns(name));
  return [
    {
      effect,
      actions: orAll("actions").map(inShort),
      resources: orAll("resources"),
      principals: [...principalsOf(at(block, "principals")), ...allButThese(principalsOf(at(block, "not_principals")))],
      conditions: sorted(
        listOf(at(block, "condition")).map((condition) => ({
          operator: String(at(condition, "test")),
          key: String(at(condition, "variable")),
          values: valuesOf(at(condition, "values")),
          ...(isPartlyUnknown(at(condition, "values")) && { isPartlyUnknown: true }),
        })),
      ),
    },
  ];
}

function conditionsIn(condition: Value | undefined): readonly Condition[] {
  if (!isFields(condition)) {
    return [];
  }
  return sorted(
    Object.entries(condition).flatMap(([operator, keys]) =>
      isFields(keys) ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: valuesOf(values) })) : [],
    ),
  );
}

function sorted(conditions: readonly Condition[]): readonly Condition[] {
  const key = (condition: Condition) => `${condition.operator} ${condition.key}`.toLowerCase();
  return conditions.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** IAM compares `true`, `"true"`, and `["true"]` alike, and the order of values does not count. */
function valuesOf(values: Value | undefined): readonly string[] {
  return listOf(values)
    .map((value) => (isFields(value) || isList(value) || value instanceof Secret ? "(sensitive)" : String(value)))
    .sort();
}

function principalsIn(principal: Value | undefined): readonly string[] {
  if (isFields(principal)) {
    return Object.entries(principal).flatMap(([kind, who]) => strings(who).map((one) => principalName(kind, one)));
  }
  return strings(principal);
}

function principalsOf(blocks: Value | undefined): readonly string[] {
  return listOf(blocks).flatMap((block) => [
    ...strings(at(block, "identifiers")).map((who) => principalName(String(at(block, "type")), who)),
    ...(isPartlyUnknown(at(block, "identifiers")) ? [UNKNOWN_PRINCIPAL] : []),
  ]);
}

/** Other principals have a kind. */
export const UNKNOWN_PRINCIPAL = "unknown";

/** True when one pattern of principals includes another; one that is known only after apply cannot be compared. */
export function includesPrincipal(outer: string, inner: string): boolean {
  return (
    outer === UNKNOWN_PRINCIPAL ||
    inner === UNKNOWN_PRINCIPAL ||
    covers(withoutPartition(outer), withoutPartition(inner))
  );
}

/** An account has the same number in every partition, such as `aws-us-gov`. */
function withoutPartition(principal: string): string {
  return principal.replace(/^AWS arn:aws[\w-]*:(?=iam::\d{12}:root$)/, "AWS arn:aws:");
}

/** An account may be written as its number or as its root. */
function principalName(kind: string, who: string): string {
  if (who === "*" && kind !== "Service" && kind !== "Federated") {
    return "*";
  }
  return `${kind} ${/^\d{12}$/.test(who) ? `arn:aws:iam::${who}:root` : who}`;
}

/** Without unknown parts, which can be evaluated only after apply. */
function strings(value: Value | undefined): readonly string[] {
  return listOf(value).filter((item) => typeof item === "string");
}

/** `*:*` means the same as `*`. */
function inShort(action: string): string {
  return action === "*:*" ? "*" : action;
}

const ALL_BUT = "everything but ";

export function isAllBut(pattern: string): boolean {
  return pattern.startsWith(ALL_BUT);
}

function allBut(excepted: Value | undefined): readonly string[] {
  return allButThese(strings(excepted));
}

function allButThese(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [ALL_BUT + names.toSorted().join(", ")];
}

/** A principal as it is shown. */
export function shownPrincipal(principal: string): string {
  return principal.replace(ALL_BUT, "everyone but ");
}

/** True for a principal that includes anyone outside the account. */
export function isAnyone(principal: string): boolean {
  return principal === "*" || principal.startsWith(ALL_BUT);
}

/** The account of a principal that is an identity of AWS. */
export function accountIn(principal: string): string | undefined {
  return /^AWS arn:[^:]+:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1];
}

/** True for all actions, or all actions of a service. */
export function isWildcardAction(pattern: string): boolean {
  return pattern.startsWith(ALL_BUT) || /^([^:]+:)?[*?]+$/.test(pattern);
}

/** True for any form of "every resource": `*`, `arn:aws:iam::*:*`, or `arn:aws:iam::123456789012:role/*`. */
export function isEveryResource(pattern: string): boolean {
  if (pattern.startsWith(ALL_BUT) || /^[*?]+$/.test(pattern)) {
    return true;
  }
  const [scheme, , service, , , ...rest] = pattern.split(":");
  const resource = rest.join(":");
  if (scheme !== "arn") {
    return false;
  }
  // In other services than S3, what precedes the name is a type, such as `role/*`.
  return rest.length === 0
    ? pattern.endsWith("*")
    : /^[*?]+(\/[*?]+)?$/.test(resource) || (service !== "s3" && /^[\w-]+[/:][*?]+$/.test(resource));
}

export function coversAction(wide: string, narrow: string): boolean {
  return covers(wide.toLowerCase(), narrow.toLowerCase());
}

/** Resources and principals are case-sensitive: "IAM JSON policy elements: Resource" in the IAM user guide. */
export function covers(outer: string, inner: string): boolean {
  if (outer === inner || outer === "*") {
    return true;
  }
  if (!outer.startsWith(ALL_BUT)) {
    return !inner.startsWith(ALL_BUT) && matches(outer, inner);
  }
  const excepted = exceptions(outer);
  return inner.startsWith(ALL_BUT)
    ? excepted.every((one) => exceptions(inner).some((other) => matches(other, one)))
    : excepted.every((one) => areDisjoint(one, inner));
}

/** Actions that only the narrower of two patterns of the kind "all but …" excepts; undefined for other patterns. */
export function newExceptions(wide: string, narrow: string): readonly string[] | undefined {
  return wide !== narrow && narrow.startsWith(ALL_BUT) && wide.startsWith(ALL_BUT) && coversAction(wide, narrow)
    ? exceptions(narrow).filter((one) => !exceptions(wide).some((other) => coversAction(other, one)))
    : undefined;
}

function exceptions(pattern: string): readonly string[] {
  return pattern.slice(ALL_BUT.length).split(", ");
}

/** True for patterns that differ before the first wildcard of either; other patterns may have something in common. */
function areDisjoint(one: string, other: string): boolean {
  const [start, otherStart] = [one, other].map((pattern) => pattern.replace(/[*?].*$/s, "")) as [string, string];
  return !start.startsWith(otherStart) && !otherStart.startsWith(start);
}
