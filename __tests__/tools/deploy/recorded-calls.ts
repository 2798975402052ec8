import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import type { Emulator } from "../../../tools/emulator/emulator.ts";
import { clientSettings } from "../emulator/clients.ts";

/** A call that the emulator received. */
export interface RecordedCall {
  /** User agent of the client. */
  readonly agent: string;
  /** The service as it is named in signatures. */
  readonly service: string;
  readonly operation: string;
  /** ARN of the object, bucket, or key; `*` for other resources. */
  readonly resource: string;
}

/** Returns the distinct calls since the emulator's start or the last time, and forgets them. */
export async function takeCalls({ endpoint }: Emulator): Promise<readonly RecordedCall[]> {
  const response = await fetch(`${endpoint}/emulator/calls`, { method: "DELETE" });
  return (await response.json()) as RecordedCall[];
}

/** IAM prefixes that differ from the name in signatures. */
const PREFIXES: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };

/**
 * Actions whose names differ from the operation's. Sources: "Required permissions for Amazon S3 API operations", S3 user
 * guide; "Actions, resources, and condition keys for AWS Budget Service", service authorization reference.
 */
const ACTIONS: Readonly<Record<string, string>> = {
  "budgets:DescribeBudget": "budgets:ViewBudget",
  "budgets:DescribeNotificationsForBudget": "budgets:ViewBudget",
  "budgets:DescribeSubscribersForNotification": "budgets:ViewBudget",
  "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
  "s3:GetBucketCors": "s3:GetBucketCORS",
  "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
  "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
  "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
  "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
  "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
  "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
  "s3:HeadBucket": "s3:ListBucket",
  "s3:HeadObject": "s3:GetObject",
  "s3:ListBuckets": "s3:ListAllMyBuckets",
  "s3:ListObjects": "s3:ListBucket",
  "s3:ListObjectsV2": "s3:ListBucket",
  "s3:ListObjectVersions": "s3:ListBucketVersions",
};

/** IAM action that a call requires. */
export function actionOf({ service, operation }: RecordedCall): string {
  const name = `${PREFIXES[service] ?? service}:${operation}`;
  return ACTIONS[name] ?? name;
}

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: object;
}

/** Statements of all policies of a role, as they are stored. */
export async function statementsOf(emulator: Emulator, RoleName: string): Promise<readonly Statement[]> {
  const iam = new IAMClient(clientSettings(emulator));
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const documents = await Promise.all([
    ...AttachedPolicies.map(async ({ PolicyArn }) => {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
      const version = { PolicyArn, VersionId: Policy?.DefaultVersionId };
      return (await iam.send(new GetPolicyVersionCommand(version))).PolicyVersion?.Document;
    }),
    ...PolicyNames.map(
      async (PolicyName) => (await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument,
    ),
  ]);
  return documents.flatMap((document) => {
    const { Statement = [] } = JSON.parse(decodeURIComponent(document ?? "{}")) as { Statement?: Statement[] };
    return Statement;
  });
}

/**
 * Returns true if the statements allow an action and none denies it. Statements with conditions are skipped: the ones of the
 * GitHub roles are about calls that one AWS service makes through another.
 */
export function isAllowed(statements: readonly Statement[], action: string, resource: string): boolean {
  const matching = statements.filter((statement) => !statement.Condition && covers(statement, action, resource));
  return matching.length > 0 && matching.every(({ Effect }) => Effect === "Allow");
}

function covers({ Action, Resource, NotResource }: Statement, action: string, resource: string): boolean {
  const isCovered = NotResource === undefined ? matches(Resource, resource) : !matches(NotResource, resource);
  return isCovered && matches(Action, action, "i");
}

function matches(patterns: string | readonly string[] = [], text: string, flags = ""): boolean {
  return [patterns].flat().some((pattern) => {
    const source = RegExp.escape(pattern).replaceAll("\\*", ".*").replaceAll("\\?", ".");
    return new RegExp(`^${source}$`, flags).test(text);
  });
}
