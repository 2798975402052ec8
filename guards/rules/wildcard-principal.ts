import { type Arguments, blocks } from "../resource.ts";
import type { Rule } from "../rule.ts";

/** Arguments that hold a policy with principals, for those who write one as JSON instead of a document. */
const POLICIES: Readonly<Record<string, string>> = {
  aws_ecr_repository_policy: "policy",
  aws_iam_role: "assume_role_policy",
  aws_kms_key: "policy",
  aws_opensearch_domain: "access_policies",
  aws_s3_bucket_policy: "policy",
  aws_sns_topic_policy: "policy",
  aws_sqs_queue_policy: "policy",
};

const FIX = "name the account, the role or the service that it is for";

/** Nothing trusts everybody: no role, no key, no bucket, no queue, no function. Conditions are no excuse; an exception is. */
export const wildcardPrincipal = {
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
} as const satisfies Rule;

function wildcardsOfBlock(statement: Arguments): string[] {
  if (statement.effect === "Deny") {
    return [];
  }
  const principals = blocks(statement.principals);
  const who = principals.flatMap(({ type, identifiers }) =>
    type === "*" ? ["*"] : ([identifiers].flat() as unknown[]),
  );
  const isFederated = principals.some(({ type }) => type === "Federated");
  const isNarrowed = blocks(statement.condition).some(({ variable, values }) => names(variable, values));
  return [
    ...blocks(statement.not_principals).map(() => `not_principals in an Allow means almost everybody: ${FIX}`),
    ...wildcards(who),
    ...(isFederated && !isNarrowed ? [`a federated principal without the one it is for: ${NARROW}`] : []),
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

/** Everybody, or an ARN of an account that is nobody's in particular. */
function isWildcard(principal: unknown): boolean {
  return principal === "*" || /^arn:[^:]*:\w+:[^:]*:\*/.test(String(principal));
}

const NARROW = "add a condition on its :sub, or on the :aud of a Cognito identity pool, with no * for the owner";

/** Everybody's workflows on GitHub share one audience, so only the subject says whose they are; an identity pool's is its own. */
function names(variable: unknown, values: unknown): boolean {
  const isNamed = [values].flat().every((value) => !/^(repo:)?\*/.test(String(value)));
  return isNamed && (/:sub$/.test(String(variable)) || variable === "cognito-identity.amazonaws.com:aud");
}

function literalStatements(policy: string): readonly Arguments[] {
  try {
    return blocks((JSON.parse(policy) as Arguments).Statement);
  } catch {
    return []; // a reference to a document, which is checked itself
  }
}
