import { Construct } from "constructs";
import { DataAwsIamOpenidConnectProvider } from "#aws/data-aws-iam-openid-connect-provider";
import { DataAwsIamPolicy } from "#aws/data-aws-iam-policy";
import { DataAwsIamPolicyDocument, type DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { IamOpenidConnectProvider } from "#aws/iam-openid-connect-provider";
import { IamRole } from "#aws/iam-role";
import { IamRolePolicy } from "#aws/iam-role-policy";
import { IamRolePolicyAttachment } from "#aws/iam-role-policy-attachment";
import type { Settings } from "../settings/schema.ts";
import { formatArn } from "./arn.ts";
import { deployPermissions } from "./deploy-permissions.ts";
import { environmentOf } from "./environment.ts";
import type { PermissionsBoundary } from "./permissions-boundary.ts";
import type { StateBucket } from "./state-bucket.ts";

export interface GithubRolesProps {
  readonly github: NonNullable<Settings["github"]>;
  readonly state: StateBucket;
  /** Boundary of every role that the deploy role creates or changes. */
  readonly boundary: PermissionsBoundary;
}

const GITHUB = "token.actions.githubusercontent.com";
const AUDIENCE = "sts.amazonaws.com";

/** Creating or changing a search domain takes up to an hour, and other stacks are deployed before and after it. */
const DEPLOY_SECONDS = 2 * 60 * 60;

/** The workflow with the deployment job. A copy of it on a branch, or another workflow, does not get the deploy role. */
const DEPLOY_WORKFLOW = ".github/workflows/deploy.yml@refs/heads/main";

/**
 * Roles for the workflows of one GitHub repository, without stored keys: the read-only plan role for pull requests and the
 * main branch, and the deploy role for main's deploy workflow in one protected environment.
 */
export class GithubRoles extends Construct {
  readonly planRoleArn: string;
  readonly deployRoleArn: string;

  constructor(scope: Construct, id: string, { github, state, boundary }: GithubRolesProps) {
    super(scope, id);
    const { account, prefix } = environmentOf(this);
    const siteArn = formatArn(this, { service: "s3", region: "", account: "", resource: `${prefix}-site-${account}` });
    const providerArn = this.provider(github.oidcProvider);
    this.planRoleArn = this.role({
      name: `${prefix}-github-plan`,
      trust: trust(providerArn, github, ["pull_request", "ref:refs/heads/main"]),
      managedPolicy: "ReadOnlyAccess",
      // A plan reads the state without a lock, so the role decrypts but never writes it. The same key encrypts the saved plan.
      statements: [
        { actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [state.keyArn] },
        ...withoutData([state.arn, siteArn]),
      ],
    }).arn;
    this.deployRoleArn = this.role({
      name: `${prefix}-github-deploy`,
      trust: trust(providerArn, github, [`environment:${github.deployEnvironment}`], {
        job_workflow_ref: `${github.repository}/${DEPLOY_WORKFLOW}`,
      }),
      // Everything except IAM: a deployment creates and changes every kind of resource in the stacks.
      managedPolicy: "PowerUserAccess",
      maxSessionDuration: DEPLOY_SECONDS,
      statements: deployPermissions(this, boundary),
    }).arn;
  }

  private provider(kind: NonNullable<Settings["github"]>["oidcProvider"]): string {
    const url = `https://${GITHUB}`;
    return kind === "existing"
      ? new DataAwsIamOpenidConnectProvider(this, "existing-provider", { url }).arn
      : new IamOpenidConnectProvider(this, "provider", { url, clientIdList: [AUDIENCE] }).arn;
  }

  private role({
    name,
    trust,
    managedPolicy,
    statements,
    maxSessionDuration,
  }: {
    readonly name: string;
    readonly trust: DataAwsIamPolicyDocumentStatement;
    readonly managedPolicy: string;
    readonly statements: DataAwsIamPolicyDocumentStatement[];
    readonly maxSessionDuration?: number;
  }): IamRole {
    const { json } = new DataAwsIamPolicyDocument(this, `${name}-trust`, { statement: [trust] });
    const role = new IamRole(this, name, { name, assumeRolePolicy: json, maxSessionDuration });
    const managed = new DataAwsIamPolicy(this, `${name}-managed-policy`, { name: managedPolicy });
    new IamRolePolicyAttachment(this, `${name}-managed`, { role: role.name, policyArn: managed.arn });
    const document = new DataAwsIamPolicyDocument(this, `${name}-document`, { statement: statements });
    new IamRolePolicy(this, `${name}-policy`, { name: "permissions", role: role.id, policy: document.json });
    return role;
  }
}

/**
 * Reads in `ReadOnlyAccess` that return data instead of settings, and that no plan needs. ReceiveMessage also hides dead
 * letters from a replay. Plans do need `dynamodb:GetItem` for the mysfits in the table, `ssm:GetParameter`, and
 * `cognito-idp:AdminGetUser` for the administrator of the log search. The deployment test records the calls of a plan.
 */
export const DATA_READS = [
  "codecommit:GetBlob",
  "codecommit:GetFile",
  "codecommit:GetFolder",
  "codecommit:GitPull",
  "cognito-idp:ListUsers",
  "cognito-idp:ListUsersInGroup",
  "dynamodb:BatchGetItem",
  "dynamodb:GetRecords",
  "dynamodb:PartiQLSelect",
  "dynamodb:Query",
  "dynamodb:Scan",
  "ecr:BatchGetImage",
  "ecr:GetDownloadUrlForLayer",
  "es:ESHttp*",
  "logs:FilterLogEvents",
  "logs:GetLogEvents",
  "logs:GetLogRecord",
  "logs:GetQueryResults",
  "logs:StartLiveTail",
  "logs:StartQuery",
  "secretsmanager:BatchGetSecretValue",
  "secretsmanager:GetSecretValue",
  "sqs:ReceiveMessage",
  "xray:BatchGetTraces",
  "xray:GetTraceGraph",
  "xray:GetTraceSummaries",
  "xray:ListRetrievedTraces",
];

/**
 * Denies {@link DATA_READS}, secure parameters, and all objects except those in the given buckets. A plan reads objects of
 * the state and of the site: HeadObject requires `s3:GetObject`. Secure parameters are decrypted with the caller's
 * permissions, even with the AWS managed key. Source: "AWS KMS encryption for Parameter Store", Systems Manager user guide.
 */
function withoutData(buckets: readonly string[]): DataAwsIamPolicyDocumentStatement[] {
  return [
    { effect: "Deny", actions: DATA_READS, resources: ["*"] },
    {
      effect: "Deny",
      actions: ["kms:Decrypt"],
      resources: ["*"],
      condition: [{ test: "StringLike", variable: "kms:ViaService", values: ["ssm.*.amazonaws.com"] }],
    },
    {
      effect: "Deny",
      actions: ["s3:GetObject", "s3:GetObjectVersion"],
      notResources: buckets.map((bucket) => `${bucket}/*`),
    },
  ];
}

/**
 * Trusts workflows of one repository. Subjects have two forms: repositories created, renamed, or transferred since
 * 2026-07-15 have the IDs of owner and repository in them (GitHub changelog 2026-04-23, "Immutable subject claims"). The
 * conditions on the IDs make both forms safe against a new repository under the same name. IAM has keys for these claims:
 * "Available keys for AWS OIDC federation", tab GitHub, IAM user guide.
 *
 * @param contexts ends of the subject, such as `pull_request`
 * @param claims values that further claims must have
 */
function trust(
  providerArn: string,
  { repository, ownerId, repositoryId }: NonNullable<Settings["github"]>,
  contexts: readonly string[],
  claims: Readonly<Record<string, string>> = {},
): DataAwsIamPolicyDocumentStatement {
  const withIds = repository.replace("/", `@${ownerId}/`).concat(`@${repositoryId}`);
  const required = {
    aud: [AUDIENCE],
    sub: [repository, withIds].flatMap((name) => contexts.map((context) => `repo:${name}:${context}`)),
    repository_owner_id: [String(ownerId)],
    repository_id: [String(repositoryId)],
    ...Object.fromEntries(Object.entries(claims).map(([claim, value]) => [claim, [value]])),
  };
  return {
    actions: ["sts:AssumeRoleWithWebIdentity"],
    principals: [{ type: "Federated", identifiers: [providerArn] }],
    condition: Object.entries(required).map(([claim, values]) => ({
      test: "StringEquals",
      variable: `${GITHUB}:${claim}`,
      values,
    })),
  };
}
