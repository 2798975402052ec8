import type { Finding, Text } from "../../model.ts";
import { list, text } from "../text.ts";
import { exceptsCallers, inWords } from "./conditions.ts";
import { addedGrants, allowing, denying, type Grant } from "./grants.ts";
import {
  accountIn,
  coversAction,
  isAllBut,
  isAnyone,
  isWildcardAction,
  type Policy,
  type Statement,
  shownPrincipal,
  UNKNOWN_PRINCIPAL,
} from "./policy.ts";

// Policies of resources that keep out even those who would have to repair them.

/** The policy of a resource before and after its change. `before` is undefined for a created resource. */
export interface PolicyChange {
  readonly type: string;
  readonly before: readonly Statement[] | undefined;
  readonly policy: Policy;
  readonly ownAccount: string | undefined;
}

export function lockouts(change: PolicyChange): readonly Finding[] {
  if (WITHOUT_LOCKOUT.includes(change.type)) {
    return [];
  }
  return [...deniedToEveryone(change), ...(IS_KEY.test(change.type) ? lostKeys(change) : [])];
}

/** Policies that limit something else, and documents, which belong to nothing by themselves. */
const WITHOUT_LOCKOUT = [
  "aws_iam_policy_document",
  "aws_organizations_policy",
  "aws_vpc_endpoint",
  "aws_vpc_endpoint_policy",
];

/** Actions that change or remove the policy of a resource. */
const CHANGES_POLICY = [
  "backup:PutBackupVaultAccessPolicy",
  "ecr:SetRepositoryPolicy",
  "elasticfilesystem:PutFileSystemPolicy",
  "kms:PutKeyPolicy",
  "s3:DeleteBucketPolicy",
  "s3:PutBucketPolicy",
  "secretsmanager:PutResourcePolicy",
  "sns:SetTopicAttributes",
  "sqs:SetQueueAttributes",
];

/**
 * Resources whose policy the root user may remove even if it denies that. Source: "Perform a privileged task on an AWS
 * Organizations member account" in the IAM user guide.
 */
const ROOT_MAY_REPAIR = /^aws_(s3|sqs)_/;

/** Actions that everyone may well be denied. */
const DESTRUCTIVE =
  /:(batch)?(bypass|cancel|delete|disable|purge|put\w*(acl|lock|policy)|remove|schedule|stop)\w*\*?$/i;

/** New denials for everyone in the account. */
function deniedToEveryone({ type, before = [], policy, ownAccount }: PolicyChange): readonly Finding[] {
  const isEveryone = (principal: string) =>
    isAnyone(principal) || (principal.endsWith(":root") && accountIn(principal) === ownAccount);
  return denying(policy.statements).flatMap((denial): readonly Finding[] => {
    const grants = addedGrants(denial, denying(before)).filter(({ principal }) => isEveryone(principal));
    const actions = [...new Set(grants.map(({ action }) => action))].filter(Boolean);
    const { conditions, principals } = denial;
    const excepted = principals.find(isAllBut);
    const denied: Text = [
      "Denies ",
      ...list(actions),
      ...(excepted === undefined ? [" to everyone"] : text` to ${shownPrincipal(excepted)}`),
      ...(conditions.length === 0 ? [] : text` when ${inWords(conditions)}`),
    ];
    if (excepted !== undefined || conditions.length > 0) {
      const isForOthers = conditions.length === 0 || exceptsCallers(conditions);
      return isForOthers && grants.some(deniesRepair)
        ? [{ severity: "caution", text: [...denied, IF_NO_ONE_IS_LEFT] }]
        : [];
    }
    if (grants.some(deniesRepair)) {
      return [{ severity: "danger", text: [...denied, ROOT_MAY_REPAIR.test(type) ? ONLY_ROOT : NO_ONE] }];
    }
    return actions.every((action) => DESTRUCTIVE.test(action))
      ? []
      : [
          {
            severity: actions.some(isWildcardAction) ? "danger" : "caution",
            text: [...denied, ": no other policy can allow it."],
          },
        ];
  });
}

const IF_NO_ONE_IS_LEFT = ", administrators included: if no one is left, the policy cannot be changed anymore.";
const ONLY_ROOT = ", administrators included: only the root user of the account can remove the policy.";
const NO_ONE = ", administrators included: no one in the account can change the policy.";

/** True for a denial to change the policy. The policy of a bucket belongs to the bucket, not to its objects. */
function deniesRepair({ action, resource }: Grant): boolean {
  const isOfObjects = /^arn:[^:]*:s3:::[^/]*\//.test(resource);
  return !isOfObjects && CHANGES_POLICY.some((known) => coversAction(action, known));
}

const IS_KEY = /^aws_kms_(\w+_)?key(_policy)?$/;

/**
 * Policies of keys that do not allow the account to manage the key. Source: "Default key policy" in the KMS developer guide: without
 * that, policies of IAM have no effect, and a key whose last administrator is deleted cannot be managed.
 */
function lostKeys({ before, policy: { statements }, ownAccount }: PolicyChange): readonly Finding[] {
  const isAccount = (principal: string) =>
    isAnyone(principal) ||
    principal === UNKNOWN_PRINCIPAL ||
    (principal.endsWith(":root") && (ownAccount === undefined || accountIn(principal) === ownAccount));
  const had = before === undefined || before.length === 0 ? ["*"] : managersIn(before);
  const has = managersIn(statements);
  if (statements.length === 0 || had.length === 0 || has.some(isAccount)) {
    return [];
  }
  if (has.length === 0) {
    return [{ severity: "danger", text: [`No one may change the policy of the key: ${SUPPORT}`] }];
  }
  return had.some(isAccount)
    ? [
        {
          severity: before === undefined ? "caution" : "danger",
          text: [
            "The policy of the key does not allow the account to manage it, so policies in IAM grant nothing. Without ",
            ...list(has),
            `, ${SUPPORT}`,
          ],
        },
      ]
    : [];
}

const SUPPORT = "only AWS Support can make it manageable again.";

/** Principals that may change the policy of a key. */
function managersIn(statements: readonly Statement[]): readonly string[] {
  return allowing(statements)
    .filter(({ actions }) => actions.some((action) => coversAction(action, "kms:PutKeyPolicy")))
    .flatMap(({ principals }) => principals)
    .filter((principal) => !principal.startsWith("Service "));
}
