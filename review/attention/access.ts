import type { Subject } from "../subject.ts";
import { at, equal, listOf, UNKNOWN, type Value } from "../value.ts";
import { type Judgement, list, text } from "./finding.ts";
import { type Policy, policiesOf, type Statement } from "./policy.ts";
import { boundless, liftedRefusals, widening } from "./widening.ts";

/** What somebody may do after the change and might not before. */
export function access(subject: Subject, others: readonly Subject[]): readonly Judgement[] {
  const { type, action, before, after } = subject;
  const isNew = before === undefined && !belongsToOld(subject, others);
  return [
    ...(isNew ? policiesOf(type, after).flatMap(boundless) : changedPolicies(subject, others)),
    ...(action === "update" || action === "replace" ? unseen(subject, others) : []),
    ...attachments(subject),
  ];
}

/** What of a change in policies makes them say more. A policy that goes takes its allowances along, and its refusals. */
function changedPolicies(subject: Subject, others: readonly Subject[]): readonly Judgement[] {
  const before = policiesOf(subject.type, subject.before);
  const after = policiesOf(subject.type, subject.after);
  if (subject.after === undefined && goesWithItsHolder(subject, others)) {
    return [];
  }
  const added = after.flatMap((policy) => widening(statementsAt(before, policy.path), policy));
  const lifted = before.flatMap((policy) =>
    isUnknown(subject, policy.path) ? [] : liftedRefusals(policy.statements, statementsAt(after, policy.path)),
  );
  return [...added, ...lifted];
}

function statementsAt(policies: readonly Policy[], path: string): readonly Statement[] {
  return policies.find((policy) => policy.path === path)?.statements ?? [];
}

function isUnknown({ after }: Subject, path: string): boolean {
  return at(after, path) === UNKNOWN;
}

/**
 * Policies that are known only after apply, because they depend on things that still change. Where one comes from a policy
 * document, what is known of that is judged; what is not are the resources.
 */
function unseen({ before, after, configured }: Subject, others: readonly Subject[]): readonly Judgement[] {
  const open = configured.attributes.filter((name) => at(after, name) === UNKNOWN);
  return open.flatMap((path) => {
    const [was] = policiesOf("", { [path]: at(before, path) ?? null });
    if (was === undefined) {
      return [];
    }
    const document = others.find(({ address }) => address === configured.documents[path]);
    if (document === undefined) {
      return [{ severity: "caution", text: text`What its ${path} allows is known only after apply.` }];
    }
    const statements = policiesOf(document.type, document.after).flatMap((policy) => policy.statements);
    return [
      ...widening(was.statements, { path, statements }),
      ...liftedRefusals(was.statements, statements),
      { severity: "note", text: text`On which resources its ${path} allows what it allows is known only after apply.` },
    ];
  });
}

const VERY_WIDE = /\/(AdministratorAccess|PowerUserAccess|IAMFullAccess|\w*FullAccess)$/;

/** Policies of AWS and others that a role, user or group gets by name. */
function attachments({ type, before, after }: Subject): readonly Judgement[] {
  const isAttachment = /^aws_iam_(role|user|group)_policy_attachment$/.test(type);
  const attribute = isAttachment ? "policy_arn" : "managed_policy_arns";
  const had = listOf(at(before, attribute));
  const added = listOf(at(after, attribute)).filter(
    (arn) => typeof arn === "string" && !had.some((other) => equal(other, arn)),
  ) as string[];
  return added.length === 0 || (before === undefined && !isAttachment)
    ? []
    : [
        {
          severity: added.some((arn) => VERY_WIDE.test(arn)) ? "danger" : "caution",
          text: [...text`Newly gets all that these policies allow: `, ...list(added), "."],
        },
      ];
}

/** Arguments by which the policy of something, a resource of its own such as `aws_s3_bucket_policy`, names that something. */
const HOLDERS = [
  "role",
  "user",
  "group",
  "bucket",
  "queue_url",
  "arn",
  "repository",
  "key_id",
  "domain_name",
  "secret_arn",
];

/** A new policy of something that is there already widens what was there. */
function belongsToOld({ type, after }: Subject, others: readonly Subject[]): boolean {
  const holder = holderOf(type, after);
  return holder !== undefined && !others.some((other) => other.action === "create" && isHolder(other, type, holder));
}

function goesWithItsHolder({ type, before }: Subject, others: readonly Subject[]): boolean {
  const holder = holderOf(type, before);
  return holder !== undefined && others.some((other) => other.action === "destroy" && isHolder(other, type, holder));
}

function holderOf(type: string, policy: Value | undefined): string | undefined {
  return type.endsWith("_policy")
    ? HOLDERS.map((name) => at(policy, name)).find((holder) => typeof holder === "string")
    : undefined;
}

function isHolder({ type, before, after }: Subject, ofPolicy: string, holder: string): boolean {
  const names = ["name", "id", "arn", "bucket", "url", "domain_name"];
  return ofPolicy.startsWith(`${type}_`) && names.some((name) => at(after ?? before, name) === holder);
}
