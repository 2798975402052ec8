import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { at, equal, listOf, type Value } from "../../values/value.ts";
import { oncePerPlan, type PlanContext, reading } from "../context.ts";
import { fewer } from "../table.ts";
import { list, text } from "../text.ts";
import { heldBy, statementsOfManaged } from "./holders.ts";
import { droppedDenials } from "./permissions.ts";
import { holdersByType } from "./policy-holders.ts";

// Managed policies that roles, users, groups, and principals get or lose.

const VERY_BROAD =
  /\/(AdministratorAccess|PowerUserAccess|IAMFullAccess|\w*FullAccess|AmazonEKS(Cluster)?AdminPolicy)$/;

/** Attributes that name managed policies, of any type: attachments, roles, single sign-on, and cluster access. */
const ATTACHMENTS = ["policy_arn", "policy_arns", "managed_policy_arn", "managed_policy_arns"];

const HOLDING_TYPES = ["aws_iam_group", "aws_iam_role", "aws_iam_user"];

const ATTACHED_TO = ["role", "roles", "user", "users", "group", "groups", "principal_arn"];

const MANAGED_POLICY = /^arn:[\w-]+:(iam|eks)::[\w-]*:(policy|cluster-access-policy)\//;

/** Managed policies that a role, user, group, or principal gets. */
export function attachments(subject: Subject, context: PlanContext): readonly Finding[] {
  const { type, before, after, changed } = subject;
  if (!changed.some((name) => ATTACHMENTS.includes(name) || ATTACHED_TO.includes(name))) {
    return [];
  }
  const arns = (side: Value | undefined) =>
    ATTACHMENTS.flatMap((name) => listOf(at(side, name))).filter(
      (arn): arn is string => typeof arn === "string" && MANAGED_POLICY.test(arn),
    );
  const granted = arns(after);
  if (granted.length === 0) {
    return [];
  }
  const holders = (side: Value | undefined) => ATTACHED_TO.flatMap((name) => listOf(at(side, name)));
  const had = arns(before);
  if (type === "aws_rolesanywhere_profile" && had.length === 0) {
    return []; // the first policies of a profile limit its roles
  }
  const successors = HOLDING_TYPES.map((holding) => holdersByType(context)(holding).renamed);
  const isContinued = (was: Value, is: Value) =>
    equal(was, is) || successors.some((renamed) => renamed.get(was) === is);
  const isForMore = holders(after).some((holder) => !holders(before).some((other) => isContinued(other, holder)));
  const held = heldBy(subject, "before", context).managed;
  const added = granted.filter((arn) => (isForMore || !had.includes(arn)) && !held.includes(arn));
  const exclusive =
    type === "aws_iam_policy_attachment" ? " The attachment is exclusive: it detaches the policy from all others." : "";
  return added.length === 0
    ? []
    : [
        {
          severity: added.some((arn) => VERY_BROAD.test(arn)) ? "danger" : "caution",
          text: [...text`Newly grants all permissions of `, ...list(added), `.${exclusive}`],
        },
      ];
}

/** Policies of AWS that only deny. */
const DENYING = /\/(AWSDenyAll|AWSCompromisedKeyQuarantine\w*)$/;

/** Denials of managed policies that a role, user, group, or principal loses. */
export function detachedDenials(subject: Subject, context: PlanContext): readonly Finding[] {
  const { before, after, changed } = subject;
  const isAttachment = changed.some((name) => ATTACHMENTS.includes(name) || ATTACHED_TO.includes(name));
  if (before === undefined || !isAttachment || isHolderDestroyed(subject, context)) {
    return [];
  }
  const held = heldBy(subject, "after", context);
  const lost = leavesHolder(subject)
    ? arnsIn(before)
    : arnsIn(before).filter((arn) => ![...arnsIn(after), ...held.managed].includes(arn));
  const denying = lost.filter((arn) => DENYING.test(arn));
  return [
    ...denying.map((arn) => ({
      severity: "danger" as const,
      text: text`No longer denies what ${arn} denies: other policies may allow it now.`,
    })),
    ...droppedDenials(
      lost.flatMap((arn) => statementsOfManaged(arn, context)),
      held.statements,
    ),
  ];
}

function arnsIn(side: Value | undefined): readonly string[] {
  return ATTACHMENTS.flatMap((name) => listOf(at(side, name))).filter((arn) => typeof arn === "string");
}

/** True for an exclusive attachment that a role, user, or group leaves. */
function leavesHolder({ type, before, after }: Subject): boolean {
  return (
    type === "aws_iam_policy_attachment" &&
    ["roles", "users", "groups"].some((name) => fewer(at(before, name) ?? [], at(after, name) ?? []))
  );
}

function isHolderDestroyed({ before }: Subject, context: PlanContext): boolean {
  const holders = ATTACHED_TO.flatMap((name) => listOf(at(before, name)));
  return HOLDING_TYPES.some((type) => holders.some((holder) => holdersByType(context)(type).destroyed.has(holder)));
}

/** True for a managed policy of which the plan destroys an attachment: findings about attachments tell what is no longer denied. */
export function isDetached({ before }: Subject, context: PlanContext): boolean {
  return detachedPolicies(context).has(at(before, "arn"));
}

const detachedPolicies = oncePerPlan((context) => {
  const attachments = context.ofType(
    "aws_iam_group_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
  );
  const destroyed = attachments.filter(({ action }) => action === "destroy");
  return new Set<Value | undefined>(destroyed.flatMap(reading(({ before }) => arnsIn(before))));
});
