import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { at, isFields, isList, UNKNOWN, type Value } from "../../values/value.ts";
import { ownAccount, type PlanContext } from "../context.ts";
import { text } from "../text.ts";
import { isDetached } from "./attachments.ts";
import { allowing } from "./grants.ts";
import { documentOf, heldBy } from "./holders.ts";
import { lockouts } from "./lockouts.ts";
import { foreignGrants, passedRoles, unrestricted } from "./new-policy.ts";
import { broadenedPermissions, droppedDenials, partlyCompared } from "./permissions.ts";
import { accountIn, type Policy, policiesOf, type Statement } from "./policy.ts";
import { holdsItself, isDestroyedWithHolder, isForAnother } from "./policy-holders.ts";
import { foreignTrust, openWebIdentity } from "./trust.ts";

// Policies that are new, change, or are known only after apply.

/** Types whose policies only limit what others grant. Without one, an endpoint, a user, or an organization allows everything. */
const LIMITS: readonly string[] = [
  "aws_organizations_policy",
  "aws_rolesanywhere_profile",
  "aws_transfer_access",
  "aws_transfer_user",
  "aws_vpc_endpoint",
  "aws_vpc_endpoint_policy",
];

/** Types that allow everything, or everyone, while they have no policy. */
const OPEN_WITHOUT_POLICY: readonly string[] = [
  ...LIMITS,
  "aws_api_gateway_rest_api",
  "aws_api_gateway_rest_api_policy",
];

export function newPolicies({ type, after }: Subject, context: PlanContext): readonly Finding[] {
  return LIMITS.includes(type) ? [] : policiesOf(type, after).flatMap((policy) => ofNewPolicy(type, policy, context));
}

function ofNewPolicy(type: string, policy: Policy, context: PlanContext): readonly Finding[] {
  return [
    ...lockouts({ type, before: undefined, policy, ownAccount: ownAccount(context) }),
    ...unrestricted(policy),
    ...foreignTrust(policy, ownAccount(context)),
    ...foreignGrants(policy, ownAccount(context)),
    ...openWebIdentity(policy),
    ...passedRoles(policy),
  ];
}

/** Compares policies. A destroyed policy takes its permissions with it, but also its denials. */
export function changedPolicies(subject: Subject, context: PlanContext): readonly Finding[] {
  const isMoved = isForAnother(subject, context);
  if (
    !(isMoved || mayHavePolicy(subject)) ||
    (subject.after === undefined &&
      (holdsItself(subject) || isDestroyedWithHolder(subject, context) || isDetached(subject, context)))
  ) {
    return [];
  }
  const policiesAt = (side: Value | undefined) => policiesOf(subject.type, isMoved ? side : changedPart(side, subject));
  const lost = policiesAt(subject.before);
  const before = isMoved ? [] : lost;
  const after = policiesAt(subject.after);
  if (lost.length + after.length === 0) {
    return [];
  }
  // A policy may move between a block of a role and a resource of its own.
  const [had, has] = [heldBy(subject, "before", context).statements, heldBy(subject, "after", context).statements];
  const isTrust = (path: string) => path === TRUST;
  const gained = after.flatMap((policy) => {
    const own = statementsAt(before, policy.path);
    const known = withMembers(isTrust(policy.path) ? own : [...own, ...had], ownAccount(context));
    const newly = (find: (policy: Policy) => readonly Finding[]) =>
      find({ path: policy.path, statements: known }).length > 0 ? [] : find(policy);
    return [
      ...(own.length === 0 && OPEN_WITHOUT_POLICY.includes(subject.type) ? [] : broadenedPermissions(known, policy)),
      ...newly(openWebIdentity),
      ...newly(passedRoles),
      ...lockouts({ type: subject.type, before: own, policy, ownAccount: ownAccount(context) }),
    ];
  });
  const dropped = lost.flatMap((policy) => {
    const remaining = isMoved ? [] : [...statementsAt(after, policy.path), ...(isTrust(policy.path) ? [] : has)];
    return isUnknown(subject, policy.path) ? [] : droppedDenials(policy.statements, remaining);
  });
  const paths = new Set([...after, ...before].map(({ path }) => path));
  const partly = [...paths]
    .filter((path) => !isUnknown(subject, path))
    .flatMap((path) => partlyCompared(path, statementsAt(before, path), statementsAt(after, path)));
  return [...gained, ...dropped, ...partly];
}

/** An identity of another account needs permission there, whether a policy names it or its account. */
function withMembers(statements: readonly Statement[], own: string | undefined): readonly Statement[] {
  const isForeign = (principal: string) => /^AWS .*:root$/.test(principal) && accountIn(principal) !== own;
  const membersOf = (principal: string) =>
    own !== undefined && isForeign(principal) ? [principal, principal.replace(/root$/, "*")] : [principal];
  return statements.map((statement) => ({ ...statement, principals: statement.principals.flatMap(membersOf) }));
}

const TRUST = "assume_role_policy";

/** A policy document is an object, in an argument of its own or inside a block. */
function mayHavePolicy({ before, after, changed }: Subject): boolean {
  return changed.some((name) => isStructure(at(before, name)) || isStructure(at(after, name)));
}

function isStructure(value: Value | undefined): boolean {
  return isFields(value) || isList(value);
}

/** A side without the attributes that stay as they are. */
function changedPart(side: Value | undefined, { changed }: Subject): Value | undefined {
  return isFields(side) ? Object.fromEntries(changed.map((name) => [name, at(side, name) ?? null])) : side;
}

function statementsAt(policies: readonly Policy[], path: string): readonly Statement[] {
  return policies.find((policy) => policy.path === path)?.statements ?? [];
}

function isUnknown({ after }: Subject, path: string): boolean {
  return isUnknownPolicy(at(after, path.replace(/[.[].*$/s, "")));
}

/** Also true for blocks with an unknown policy, such as the inline policies of a role. */
function isUnknownPolicy(argument: Value | undefined): boolean {
  return argument === UNKNOWN || (isList(argument) && argument.some((block) => at(block, "policy") === UNKNOWN));
}

const POLICY_TYPE = /^aws_\w*(policy|role|permission_set_inline_policy)$/;

export function isPolicyType(type: string): boolean {
  return POLICY_TYPE.test(type);
}

/** Arguments that every policy type has, even if its configuration is not in the plan. */
const REQUIRED: readonly string[] = ["policy", TRUST];

const POLICY_ATTRIBUTE = /(^|_)(policy|policies|policy_document)$/;

/** Policies of queues, topics, connections, and others that grant nothing. */
const WITHOUT_PERMISSIONS =
  /(^|_)(archive|deletion|delivery|filter|lifecycle|password|redrive|redrive_allow|retry|ssl|tls)_policy$/;

/**
 * Policies that are known only after apply because they refer to resources that change. A policy taken from a policy document
 * is evaluated by the known parts of the document; the unknown parts are resources.
 */
export function unknownPolicies(subject: Subject, context: PlanContext, isNew: boolean): readonly Finding[] {
  const { type, before, after, changed, configured } = subject;
  const unknown = changed.filter(
    (name) =>
      isUnknownPolicy(at(after, name)) &&
      !WITHOUT_PERMISSIONS.test(name) &&
      (configured.attributes.includes(name) || (REQUIRED.includes(name) && isPolicyType(type))),
  );
  return unknown.flatMap((path): readonly Finding[] => {
    const [was] = policiesOf("", { [path]: at(before, path) ?? null });
    if (was === undefined && !POLICY_ATTRIBUTE.test(path)) {
      return [];
    }
    const document = documentOf(subject, path, context);
    if (document === undefined) {
      return [{ severity: "caution", text: text`The permissions in its ${path} are known only after apply.` }];
    }
    const { statements, unknown: parts } = document;
    // Unknown actions of a denial may be any, so it is not known whom it keeps out.
    const policy = { path, statements: parts.includes("actions") ? allowing(statements) : statements };
    if (isNew) {
      return [
        ...ofNewPolicy(type, policy, context),
        ...(parts.includes("actions") ? laterKnown(["actions"], path) : []),
      ];
    }
    return [
      ...broadenedPermissions(was?.statements ?? [], { path, statements }),
      ...lockouts({ type, before: was?.statements ?? [], policy, ownAccount: ownAccount(context) }),
      ...droppedDenials(was?.statements ?? [], statements),
      ...partlyCompared(path, was?.statements ?? [], statements),
      ...(parts.length > 0 ? laterKnown(parts, path) : [resourcesLaterKnown(path)]),
    ];
  });
}

function laterKnown(parts: readonly string[], path: string): readonly Finding[] {
  const sentence = [`The ${parts.join(" and ")} in its `, ...text`${path} are known only after apply.`];
  return [{ severity: "caution", text: sentence }];
}

function resourcesLaterKnown(path: string): Finding {
  return { severity: "note", text: text`The resources in its ${path} are known only after apply.` };
}
