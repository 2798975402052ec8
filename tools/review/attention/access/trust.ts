import type { Finding } from "../../model.ts";
import { list, text } from "../text.ts";
import { allowing } from "./grants.ts";
import { accountIn, coversAction, type Policy, type Statement } from "./policy.ts";

// Trust policies of roles that let in others than the account itself.

/** Findings about a trust policy that lets principals of another account assume the role. */
export function foreignTrust({ path, statements }: Policy, ownAccount: string | undefined): readonly Finding[] {
  return trusting(path, statements).flatMap(({ principals }) => {
    const foreign = principals.filter((principal) => {
      const account = accountIn(principal);
      return account !== undefined && account !== ownAccount;
    });
    return foreign.length === 0
      ? []
      : [{ severity: "danger" as const, text: [...text`Allows `, ...list(foreign), " to assume the role."] }];
  });
}

/** Findings about a trust policy that lets everyone with a token of a web identity provider assume the role. */
export function openWebIdentity({ path, statements }: Policy): readonly Finding[] {
  return trusting(path, statements)
    .filter(isOfWebIdentity)
    .flatMap(({ principals, conditions }): readonly Finding[] => {
      const restricting = conditions.filter(({ operator }) => !/Not|Null/i.test(operator));
      const subjects = restricting.filter(({ key }) => SUBJECT.test(key));
      const provider = principals[0] ?? "*";
      const severity = OF_TENANT.test(provider) ? "caution" : "danger";
      if (subjects.length === 0) {
        const sentence = text`Allows every subject of ${provider} to assume the role: no condition restricts the subject.`;
        return [{ severity, text: sentence }];
      }
      if (subjects.some(({ key, values }) => /:amr$/i.test(key) && values.includes("unauthenticated"))) {
        return [{ severity: "danger", text: text`Allows people who have not signed in to assume the role.` }];
      }
      if (provider === COGNITO && !restricting.some(({ key }) => /:aud$/i.test(key))) {
        return [
          { severity, text: text`Allows users of any identity pool to assume the role, also of other accounts.` },
        ];
      }
      const open = subjects.map(({ operator, values }) => (/like/i.test(operator) ? values.filter(isOfAnyOwner) : []));
      return open.every((values) => values.length > 0)
        ? [
            {
              severity,
              text: [
                ...text`Allows subjects of ${provider} that belong to anyone to assume the role: `,
                ...list(open.flat()),
                " does not name an owner.",
              ],
            },
          ]
        : [];
    });
}

function isOfWebIdentity({ actions, principals }: Statement): boolean {
  return (
    actions.some((action) => coversAction(action, "sts:AssumeRoleWithWebIdentity")) &&
    principals.some((principal) => principal.startsWith("Federated "))
  );
}

/**
 * Keys that identify the caller of a web identity provider. `aud` alone names only the intended recipient, and anyone may choose
 * the name of a branch, a workflow, or an environment. An app of Amazon, Facebook, or Google has users of its own.
 * Source: "Available keys for AWS OIDC federation" in the IAM user guide.
 */
const SUBJECT =
  /:(sub|amr|app_id|actor|actor_id|enterprise_id|repository|repository_owner|repository_owner_id|repository_id|job_workflow_ref)$|^accounts\.google\.com:aud$/i;

/** Identity providers of which each tenant has its own, by the path of its URL; others issue tokens for anyone. */
const OF_TENANT =
  /:oidc-provider\/(api\.bitbucket\.org|login\.microsoftonline\.com|oidc\.circleci\.com|oidc\.vercel\.com|sts\.windows\.net|token\.actions\.githubusercontent\.com)\/./;

const COGNITO = "Federated cognito-identity.amazonaws.com";

/**
 * True for a subject with a wildcard in its first name, such as `repo:*` or `repo:acme*`, or for every service account of a
 * cluster. Names of owners are followed by a slash or colon.
 */
function isOfAnyOwner(subject: string): boolean {
  return /^(\w+:)?[\w.-]*[*?]/.test(subject) || /^system:serviceaccount:[*?:]+$/.test(subject);
}

function trusting(path: string, statements: readonly Statement[]): readonly Statement[] {
  return path === "assume_role_policy" ? allowing(statements) : [];
}
