import type { Subject } from "../subject.ts";
import { at, equal, isNothing, listOf, UNKNOWN, type Value } from "../value.ts";
import { type Judgement, list, text } from "./finding.ts";
import { covered, isWildcard, type Policy, policiesOf, type Statement } from "./policy.ts";

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

function widening(before: readonly Statement[], { path, statements }: Policy): readonly Judgement[] {
  const known = allowances(before);
  const isTrust = path === "assume_role_policy";
  return allowances(statements).flatMap((statement) => {
    if (known.some((wider) => includes(wider, statement))) {
      return [];
    }
    const principals = statement.principals.filter(
      (principal) => !known.some((wider) => covered(wider.principals, [principal])),
    );
    if (principals.length > 0) {
      return [newPrincipals(principals, statement, isTrust)];
    }
    const actions = statement.actions.filter((action) => !known.some((wider) => covered(wider.actions, [action])));
    if (actions.length > 0) {
      return [newActions(actions, statement)];
    }
    const resources = statement.resources.filter(
      (resource) =>
        !known.some((wider) => covered(wider.resources, [resource]) && covered(wider.actions, statement.actions)),
    );
    if (resources.length > 0) {
      return [newResources(resources, statement)];
    }
    return [newCircumstances(statement, known)];
  });
}

function newPrincipals(principals: readonly string[], statement: Statement, isTrust: boolean): Judgement {
  const { actions, condition } = statement;
  const sentence = [...text`Newly lets `, ...list(principals), ...text` do `, ...list(actions)];
  if (principals.includes("*")) {
    return isNothing(condition)
      ? { severity: "danger", text: [...sentence, ": anybody, of any account, in or out of this organization."] }
      : { severity: "caution", text: [...sentence, ", as far as its condition does not hold them back."] };
  }
  const isPerson = principals.some((principal) => !principal.startsWith("Service "));
  return {
    severity: (isTrust && isPerson) || actions.some(isWildcard) ? "danger" : "caution",
    text: [...sentence, isTrust ? ", and so take on the role." : "."],
  };
}

function newActions(actions: readonly string[], { resources, principals }: Statement): Judgement {
  const isIdentitys = principals.length === 0;
  const where = resources.length === 0 ? text`what is still to be made` : list(resources);
  const scope = isIdentitys ? [...text` on `, ...where] : [...text` to `, ...list(principals)];
  return {
    severity: actions.some(isWildcard) || (isIdentitys && resources.some(isWildcard)) ? "danger" : "caution",
    text: [...text`Newly allows `, ...list(actions), ...scope, "."],
  };
}

function newResources(resources: readonly string[], { actions, principals }: Statement): Judgement {
  return {
    severity: principals.length === 0 && resources.some(isWildcard) ? "danger" : "caution",
    text: [...text`Allows `, ...list(actions), ...text` on more than before: `, ...list(resources), "."],
  };
}

/** Nothing in the statement is new by itself, so a condition has gone, or known parts are put together in a new way. */
function newCircumstances(statement: Statement, known: readonly Statement[]): Judgement {
  const { actions, resources, principals } = statement;
  const strict = known.find((wider) => includes({ ...wider, condition: undefined }, statement));
  if (strict === undefined) {
    return {
      severity: "caution",
      text: [
        ...text`Allows `,
        ...list(actions),
        ...text` on `,
        ...list(resources),
        ...text` together, which it did not.`,
      ],
    };
  }
  return {
    severity: principals.length > 0 || isNothing(statement.condition) ? "danger" : "caution",
    text: [
      ...text`Allows `,
      ...list(actions),
      ...(isNothing(statement.condition)
        ? text` without the condition that there was.`
        : text` under another condition than before: ${statement.condition as Value}.`),
    ],
  };
}

function liftedRefusals(before: readonly Statement[], after: readonly Statement[]): readonly Judgement[] {
  const refusals = after.filter(({ effect }) => effect === "Deny");
  return before
    .filter(({ effect }) => effect === "Deny")
    .filter((refusal) => !refusals.some((wider) => includes(wider, refusal)))
    .map(({ actions, condition }) => ({
      severity: "danger",
      text: [
        ...text`No longer refuses `,
        ...list(actions),
        ...(condition === undefined ? [] : text` when ${condition}`),
        ...text`: a refusal counts before every allowance, so what it held back is open.`,
      ],
    }));
}

/** What no new policy should say either. */
function boundless({ statements }: Policy): readonly Judgement[] {
  return allowances(statements).flatMap(({ actions, resources, principals, condition }) => {
    if (principals.includes("*") && condition === undefined) {
      return [{ severity: "danger", text: [...text`Lets in anybody, of any account, to do `, ...list(actions), "."] }];
    }
    if (principals.length === 0 && actions.some(isWildcard) && resources.some(isWildcard)) {
      return [{ severity: "danger", text: [...text`Allows `, ...list(actions), ...text` on everything.`] }];
    }
    return [];
  });
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

function allowances(statements: readonly Statement[]): readonly Statement[] {
  return statements.filter(({ effect }) => effect === "Allow");
}

/** True when all that `narrow` says, `wide` says as well. */
function includes(wide: Statement, narrow: Statement): boolean {
  return (
    covered(wide.actions, narrow.actions) &&
    covered(wide.resources, narrow.resources) &&
    covered(wide.principals, narrow.principals) &&
    (isNothing(wide.condition) || equal(wide.condition, narrow.condition))
  );
}
