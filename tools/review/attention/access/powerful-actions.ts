import type { Condition } from "./conditions.ts";
import { matches as includesText } from "./patterns.ts";
import { coversAction } from "./policy.ts";

// Actions that let an identity gain permissions, act as others, or use the data of an account.

/**
 * Actions that let an identity gain more permissions. Source: "Policy summaries: permissions management" in the IAM user guide,
 * and "Granting a user permissions to pass a role to an AWS service".
 */
const ESCALATION = [
  "iam:AddClientIDToOpenIDConnectProvider",
  "iam:AddUserToGroup",
  "iam:AttachGroupPolicy",
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreatePolicyVersion",
  "iam:CreateServiceSpecificCredential",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteUserPermissionsBoundary",
  "iam:PassRole",
  "iam:PutGroupPolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:PutUserPermissionsBoundary",
  "iam:PutUserPolicy",
  "iam:ResetServiceSpecificCredential",
  "iam:SetDefaultPolicyVersion",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateLoginProfile",
  "iam:UpdateOpenIDConnectProviderThumbprint",
  "iam:UpdateSAMLProvider",
  "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
  "sso:AttachManagedPolicyToPermissionSet",
  "sso:CreateAccountAssignment",
  "sso:PutInlinePolicyToPermissionSet",
  "sts:AssumeRole",
];

/** Actions that run code with a passed role. */
export const RUNS_CODE = [
  "apprunner:CreateService",
  "autoscaling:CreateLaunchConfiguration",
  "batch:RegisterJobDefinition",
  "bedrock-agentcore:CreateCodeInterpreter",
  "cloudformation:CreateStack",
  "codebuild:CreateProject",
  "codebuild:UpdateProject",
  "datapipeline:CreatePipeline",
  "ec2:AssociateIamInstanceProfile",
  "ec2:ReplaceIamInstanceProfileAssociation",
  "ec2:RequestSpotInstances",
  "ec2:RunInstances",
  "ecs:RegisterTaskDefinition",
  "ecs:RunTask",
  "ecs:StartTask",
  "elasticmapreduce:RunJobFlow",
  "glue:CreateDevEndpoint",
  "glue:CreateJob",
  "glue:UpdateJob",
  "lambda:CreateFunction",
  "lambda:UpdateFunctionConfiguration",
  "sagemaker:CreateNotebookInstance",
  "sagemaker:CreateProcessingJob",
  "sagemaker:CreateTrainingJob",
  "ssm:StartAutomationExecution",
  "states:CreateStateMachine",
];

/** Actions of that list that are usual for some resources; `sts:AssumeRole` of one role is even the safe way. */
const USUAL_IF_SCOPED = ["iam:PassRole", "sts:AssumeRole"];

/** Actions that run code or commands with the role of an existing resource. */
export const ACTS_AS_OTHERS = [
  "cloudformation:ExecuteChangeSet",
  "cloudformation:UpdateStack",
  "codebuild:StartBuild",
  "codebuild:StartBuildBatch",
  "ec2-instance-connect:SendSSHPublicKey",
  "ecs:ExecuteCommand",
  "eks:AssociateAccessPolicy",
  "eks:CreateAccessEntry",
  "glue:UpdateDevEndpoint",
  "glue:UpdateJob",
  "lambda:UpdateFunctionCode",
  "sagemaker:CreatePresignedNotebookInstanceUrl",
  "ssm:SendCommand",
  "ssm:StartSession",
];

/**
 * Actions that show no data, most of which need every resource. Source: "Actions, resources, and condition keys for AWS
 * services" in the service authorization reference.
 */
export const SHOWS_NO_DATA = new RegExp(
  `^(${[
    String.raw`[\w-]+:(describe|list)\w*\*?`,
    String.raw`(ce|cloudwatch|iam|pricing|servicediscovery|tag):get\w*\*?`,
    String.raw`(ec2messages|ssmmessages):\w+\*?`,
    "cloudwatch:putmetricdata",
    "ec2:(assign|unassign)privateipaddresses",
    "ec2:(create|delete)networkinterface",
    "ec2:get(coippoolusage|instancetypesfrominstancerequirements|securitygroupsforvpc)", // others show passwords or output
    "ecr:getauthorizationtoken",
    "ecs:(de)?registertaskdefinition",
    "kms:generaterandom",
    "route53:getchange",
    "s3:getbucketlocation",
    "ssm:updateinstanceinformation",
    "sts:(decodeauthorizationmessage|getcalleridentity)",
    String.raw`xray:(get|put)\w*\*?`,
  ].join("|")})$`,
  "i",
);

/** Actions that read or delete data, or end safeguards. */
const DATA_AND_GUARDS = [
  "cloudtrail:StopLogging",
  "dynamodb:DeleteTable",
  "dynamodb:GetItem",
  "dynamodb:Scan",
  "ec2:TerminateInstances",
  "guardduty:DeleteDetector",
  "kms:Decrypt",
  "kms:ScheduleKeyDeletion",
  "logs:DeleteLogGroup",
  "rds:DeleteDBCluster",
  "rds:DeleteDBInstance",
  "s3:DeleteBucket",
  "s3:DeleteObject",
  "s3:GetObject",
  "secretsmanager:GetSecretValue",
  "ssm:GetParameter",
];

/** Actions that let others in: "Policy summaries: permissions management" in the IAM user guide, and those on public access. */
const SHARES_DATA = [
  "dynamodb:PutResourcePolicy",
  "ec2:ModifyImageAttribute",
  "ec2:ModifySnapshotAttribute",
  "ecr:SetRepositoryPolicy",
  "elasticfilesystem:PutFileSystemPolicy",
  "glue:PutResourcePolicy",
  "kms:CreateGrant",
  "kms:PutKeyPolicy",
  "lambda:AddPermission",
  "ram:CreateResourceShare",
  "rds:ModifyDBClusterSnapshotAttribute",
  "rds:ModifyDBSnapshotAttribute",
  "s3:PutAccountPublicAccessBlock",
  "s3:PutBucketAcl",
  "s3:PutBucketPolicy",
  "s3:PutBucketPublicAccessBlock",
  "s3:PutObjectAcl",
  "secretsmanager:PutResourcePolicy",
  "sns:AddPermission",
  "sqs:AddPermission",
];

export const ON_WHOLE_ACCOUNT = [
  { known: DATA_AND_GUARDS, meaning: ", and so on data or safeguards of the whole account." },
  { known: SHARES_DATA, meaning: ", and so to let others use data of the whole account." },
];

/** True for conditions that limit the permissions that an action can give to anyone, by a boundary or by policies. */
export function limitsGrants(conditions: readonly Condition[]): boolean {
  return conditions.some(
    ({ operator, key, values }) =>
      /^iam:(PermissionsBoundary|PolicyARN)$/i.test(key) &&
      /^(ForAnyValue:)?(String|Arn)(Equals|EqualsIgnoreCase|Like)$/i.test(operator) &&
      !values.some((pattern) => includesText(pattern, ADMINISTRATOR)),
  );
}

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

/** Also true for conditions that limit the service that gets them. */
export function limitsPermissions(conditions: readonly Condition[]): boolean {
  return limitsGrants(conditions) || conditions.some(({ key }) => /^iam:(PassedToService|AWSServiceName)$/i.test(key));
}

/** True for an action that gains only the permissions of the roles that the statement names. */
export function isUsualIfScoped(action: string): boolean {
  return ESCALATION.every((known) => USUAL_IF_SCOPED.includes(known) || !coversAction(action, known));
}

/** True for an action that gains permissions only of other roles, which may belong to another account. */
export function onlyAssumesRoles(action: string): boolean {
  return ESCALATION.every((known) => known === "sts:AssumeRole" || !coversAction(action, known));
}

/** True for actions that let an identity gain more permissions, other than by new credentials of its own. */
export function escalates(action: string, resources: readonly string[]): boolean {
  const isOfItself = resources.length > 0 && resources.every((resource) => OWN_USER.test(resource));
  return (
    mayBeOfIam(resources) &&
    ESCALATION.some((known) => coversAction(action, known) && !(isOfItself && OWN_CREDENTIALS.includes(known)))
  );
}

/** Source: "Allows IAM users to manage their own credentials" in the IAM user guide. */
const OWN_USER = /:user\/(.*\/)?\$\{aws:username\}$/;

const OWN_CREDENTIALS = [
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreateServiceSpecificCredential",
  "iam:ResetServiceSpecificCredential",
  "iam:UpdateLoginProfile",
];

/** False for resources of other services, on which a wildcard for every action includes none of IAM. */
export function mayBeOfIam(resources: readonly string[]): boolean {
  return (
    resources.length === 0 ||
    resources.some((resource) => {
      const [scheme, , service = "*"] = resource.split(":");
      return scheme !== "arn" || ["iam", "sso"].some((name) => includesText(service, name));
    })
  );
}
