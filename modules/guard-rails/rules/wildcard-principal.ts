import { type Arguments, blocks } from "../resource.ts";
import type { Rule } from "../rule.ts";

/** Arguments with a policy that has principals, in case one is written as JSON instead of a policy document. */
const POLICIES: Readonly<Record<string, string>> = {
  aws_ecr_repository_policy: "policy",
  aws_iam_role: "assume_role_policy",
  aws_kms_key: "policy",
  aws_opensearch_domain: "access_policies",
  aws_s3_bucket_policy: "policy",
  aws_sns_topic_policy: "policy",
  aws_sqs_queue_policy: "policy",
};

const FIX = "name the account, the role, or the service that it is for";

/** No role, key, bucket, queue, or function trusts every principal, not even under a condition. */
export const wildcardPrincipal: Rule = {
  name: "wildcard-principal",
  types: ["data.aws_iam_policy_document", "aws_lambda_permission", ...Object.keys(POLICIES)],
  check({ kind, type, arguments: found }) {
    if (kind === "data") {
      return blocks(found.statement).flatMap(wildcardsOfBlock);
    }
    if (type === "aws_lambda_permission") {
      return found.principal === "*" ? [`principal is "*": ${FIX}`] : [];
    }
    return literalStatements(String(found[POLICIES[type] ?? ""])).flatMap(wildcardsOfStatement);
  },
};

function wildcardsOfBlock(statement: Arguments): string[] {
  if (statement.effect === "Deny") {
    return [];
  }
  const principals = blocks(statement.principals);
  const identifiers = principals.flatMap(({ type, identifiers }) =>
    type === "*" ? ["*"] : ([identifiers].flat() as unknown[]),
  );
  const isFederated = principals.some(({ type }) => type === "Federated");
  const isRestricted = blocks(statement.condition).some(({ variable, values }) => identifies(variable, values));
  return [
    ...blocks(statement.not_principals).map(() => `not_principals in an Allow admits almost everyone: ${FIX}`),
    ...wildcards(identifiers),
    ...(isFederated && !isRestricted ? [`a federated principal without a subject: ${RESTRICT}`] : []),
  ];
}

function wildcardsOfStatement({ Effect, Principal }: Arguments): string[] {
  if (Effect === "Deny") {
    return [];
  }
  return wildcards(typeof Principal === "object" && Principal !== null ? Object.values(Principal).flat() : [Principal]);
}

function wildcards(principals: readonly unknown[]): string[] {
  return principals.filter(isWildcard).map((principal) => `principal is "${principal}": ${FIX}`);
}

/** `*`, or an ARN with `*` as its account. */
function isWildcard(principal: unknown): boolean {
  return principal === "*" || /^arn:[^:]*:\w+:[^:]*:\*/.test(String(principal));
}

const RESTRICT = "add a condition on its :sub, or on the :aud of a Cognito identity pool, with no * for the owner";

/**
 * All workflows on GitHub have the same audience, so only the subject identifies the repository. The audience of a Cognito
 * identity pool identifies the pool.
 */
function identifies(variable: unknown, values: unknown): boolean {
  const hasOwner = [values].flat().every((value) => !/^(repo:)?\*/.test(String(value)));
  return hasOwner && (/:sub$/.test(String(variable)) || variable === "cognito-identity.amazonaws.com:aud");
}

function literalStatements(policy: string): readonly Arguments[] {
  try {
    return blocks((JSON.parse(policy) as Arguments).Statement);
  } catch {
    return []; // A reference to a policy document, which is checked separately.
  }
}
