import type { Condition } from "./conditions.ts";
import { matches as includesText } from "./patterns.ts";
import { coversAction } from "./policy.ts";

// Actions that let an identity gain permissions, act as others, or use the data of an account.

/**
 * Actions that let an identity gain more permissions. Source: "Policy summaries: permissions management" in the IAM user guide,
 * and "Granting a user permissions to pass a role to an AWS service".
 */
export const ESCALATION = [
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
  "iam:UploadSSHPublicKey",
  "iam:UploadSigningCertificate",
  "identitystore:CreateGroupMembership",
  "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
  "sso:AttachManagedPolicyToPermissionSet",
  "sso:CreateAccountAssignment",
  "sso:DeletePermissionsBoundaryFromPermissionSet",
  "sso:PutInlinePolicyToPermissionSet",
  "sso:PutPermissionsBoundaryToPermissionSet",
  "sts:AssumeRole",
  "sts:AssumeRoot",
];

/** Actions that run code with a passed role. Source: the escalation paths of pathfinding.cloud, and those of the same kind. */
export const RUNS_CODE = [
  "apprunner:CreateService",
  "autoscaling:CreateLaunchConfiguration",
  "batch:RegisterJobDefinition",
  "bedrock-agentcore:CreateAgentRuntime",
  "bedrock-agentcore:CreateCodeInterpreter",
  "cloudformation:CreateChangeSet",
  "cloudformation:CreateStack",
  "cloudformation:CreateStackSet",
  "cloudformation:UpdateStack",
  "cloudformation:UpdateStackSet",
  "codebuild:CreateProject",
  "codebuild:UpdateProject",
  "datapipeline:CreatePipeline",
  "ec2:AssociateIamInstanceProfile",
  "ec2:CreateFleet",
  "ec2:ReplaceIamInstanceProfileAssociation",
  "ec2:RequestSpotFleet",
  "ec2:RequestSpotInstances",
  "ec2:RunInstances",
  "ecs:CreateService",
  "ecs:RegisterTaskDefinition",
  "ecs:RunTask",
  "ecs:StartTask",
  "eks:CreatePodIdentityAssociation",
  "elasticmapreduce:RunJobFlow",
  "emr-serverless:StartJobRun",
  "events:PutTargets",
  "glue:CreateDevEndpoint",
  "glue:CreateJob",
  "glue:CreateSession",
  "glue:UpdateJob",
  "lambda:CreateFunction",
  "lambda:UpdateFunctionConfiguration",
  "pipes:CreatePipe",
  "sagemaker:CreateDomain",
  "sagemaker:CreateNotebookInstance",
  "sagemaker:CreateProcessingJob",
  "sagemaker:CreateTrainingJob",
  "sagemaker:CreateUserProfile",
  "scheduler:CreateSchedule",
  "ssm:StartAutomationExecution",
  "states:CreateStateMachine",
  "states:UpdateStateMachine",
];

/** Actions of that list that are usual for some resources; `sts:AssumeRole` of one role is even the safe way. */
const USUAL_IF_SCOPED = ["iam:PassRole", "sts:AssumeRole"];

/** Actions that run code or commands with the role of an existing resource. Source: as above. */
export const ACTS_AS_OTHERS = [
  "apprunner:UpdateService",
  "batch:SubmitJob",
  "bedrock-agentcore:InvokeCodeInterpreter",
  "cloudformation:ExecuteChangeSet",
  "cloudformation:UpdateStack",
  "codebuild:StartBuild",
  "codebuild:StartBuildBatch",
  "codebuild:UpdateProject",
  "ec2-instance-connect:SendSSHPublicKey",
  "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
  "ec2:CreateLaunchTemplateVersion",
  "ec2:ModifyInstanceAttribute",
  "ecs:ExecuteCommand",
  "eks:AssociateAccessPolicy",
  "eks:CreateAccessEntry",
  "eks:UpdateAccessEntry",
  "elasticmapreduce:AddJobFlowSteps",
  "glue:RunStatement",
  "glue:UpdateDevEndpoint",
  "glue:UpdateJob",
  "lambda:UpdateFunctionCode",
  "lambda:UpdateFunctionConfiguration",
  "lightsail:GetInstanceAccessDetails",
  "sagemaker:CreatePresignedNotebookInstanceUrl",
  "sagemaker:UpdateNotebookInstance",
  "sagemaker:UpdateNotebookInstanceLifecycleConfig",
  "ssm:CreateAssociation",
  "ssm:SendCommand",
  "ssm:StartAutomationExecution",
  "ssm:StartSession",
  "ssm:UpdateAssociation",
  "states:UpdateStateMachine",
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
  "account:CloseAccount",
  "acm:ExportCertificate",
  "backup:DeleteBackupVault",
  "backup:DeleteRecoveryPoint",
  "cloudtrail:DeleteTrail",
  "cloudtrail:PutEventSelectors",
  "cloudtrail:StopLogging",
  "cloudtrail:UpdateTrail",
  "config:DeleteConfigurationRecorder",
  "config:StopConfigurationRecorder",
  "dsql:DbConnectAdmin",
  "dynamodb:BatchGetItem",
  "dynamodb:DeleteTable",
  "dynamodb:ExportTableToPointInTime",
  "dynamodb:GetItem",
  "dynamodb:PartiQLSelect",
  "dynamodb:Query",
  "dynamodb:Scan",
  "ebs:GetSnapshotBlock",
  "ec2:DeleteFlowLogs",
  "ec2:DeleteSnapshot",
  "ec2:DeleteVolume",
  "ec2:GetPasswordData",
  "ec2:TerminateInstances",
  "elasticfilesystem:DeleteFileSystem",
  "guardduty:DeleteDetector",
  "guardduty:UpdateDetector",
  "iam:DeactivateMFADevice",
  "iam:DeleteGroupPolicy",
  "iam:DeleteRolePolicy",
  "iam:DeleteUserPolicy",
  "iam:DetachGroupPolicy",
  "iam:DetachRolePolicy",
  "iam:DetachUserPolicy",
  "kms:Decrypt",
  "kms:DisableKey",
  "kms:ScheduleKeyDeletion",
  "logs:DeleteLogGroup",
  "organizations:CloseAccount",
  "organizations:DeletePolicy",
  "organizations:DetachPolicy",
  "organizations:DisablePolicyType",
  "organizations:LeaveOrganization",
  "organizations:MoveAccount",
  "organizations:RemoveAccountFromOrganization",
  "organizations:UpdatePolicy",
  "rds-db:connect",
  "rds:DeleteDBCluster",
  "rds:DeleteDBInstance",
  "rds:ModifyDBCluster",
  "rds:ModifyDBInstance",
  "redshift:GetClusterCredentials",
  "redshift:GetClusterCredentialsWithIAM",
  "s3:DeleteBucket",
  "s3:DeleteObject",
  "s3:GetObject",
  "s3:PutLifecycleConfiguration",
  "secretsmanager:DeleteSecret",
  "secretsmanager:GetSecretValue",
  "securityhub:DisableSecurityHub",
  "ssm:GetParameter",
  "ssm:GetParameterHistory",
  "ssm:GetParameters",
  "ssm:GetParametersByPath",
];

/**
 * Actions that let others in. Source: those of the access level "Permissions management" in the service authorization reference
 * that add permissions, and those on public access.
 */
const SHARES_DATA = [
  "acm-pca:PutPolicy",
  "apigateway:UpdateRestApiPolicy",
  "backup:PutBackupVaultAccessPolicy",
  "codeartifact:PutDomainPermissionsPolicy",
  "codeartifact:PutRepositoryPermissionsPolicy",
  "codebuild:PutResourcePolicy",
  "dynamodb:PutResourcePolicy",
  "ec2:DisableImageBlockPublicAccess",
  "ec2:DisableSnapshotBlockPublicAccess",
  "ec2:ModifyImageAttribute",
  "ec2:ModifySnapshotAttribute",
  "ecr-public:SetRepositoryPolicy",
  "ecr:PutRegistryPolicy",
  "ecr:SetRepositoryPolicy",
  "elasticfilesystem:PutFileSystemPolicy",
  "es:UpdateDomainConfig",
  "events:PutPermission",
  "glacier:SetVaultAccessPolicy",
  "glue:PutResourcePolicy",
  "kinesis:PutResourcePolicy",
  "kms:CreateGrant",
  "kms:PutKeyPolicy",
  "lakeformation:BatchGrantPermissions",
  "lakeformation:GrantPermissions",
  "lakeformation:PutDataLakeSettings",
  "lambda:AddLayerVersionPermission",
  "lambda:AddPermission",
  "lambda:CreateFunctionUrlConfig",
  "lambda:UpdateFunctionUrlConfig",
  "logs:PutResourcePolicy",
  "ram:AssociateResourceShare",
  "ram:CreateResourceShare",
  "rds:ModifyDBClusterSnapshotAttribute",
  "rds:ModifyDBSnapshotAttribute",
  "redshift:AuthorizeDataShare",
  "redshift:AuthorizeEndpointAccess",
  "redshift:AuthorizeSnapshotAccess",
  "s3:CreateAccessGrant",
  "s3:PutAccessPointPolicy",
  "s3:PutAccessPointPublicAccessBlock",
  "s3:PutAccountPublicAccessBlock",
  "s3:PutBucketAcl",
  "s3:PutBucketOwnershipControls",
  "s3:PutBucketPolicy",
  "s3:PutBucketPublicAccessBlock",
  "s3:PutMultiRegionAccessPointPolicy",
  "s3:PutObjectAcl",
  "s3:PutObjectVersionAcl",
  "s3:PutReplicationConfiguration",
  "s3express:PutBucketPolicy",
  "s3tables:PutTableBucketPolicy",
  "s3tables:PutTablePolicy",
  "s3vectors:PutVectorBucketPolicy",
  "secretsmanager:PutResourcePolicy",
  "ses:CreateEmailIdentityPolicy",
  "ses:PutIdentityPolicy",
  "sns:AddPermission",
  "sns:SetTopicAttributes",
  "sqs:AddPermission",
  "sqs:SetQueueAttributes",
  "ssm:ModifyDocumentPermission",
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
  "iam:UploadSSHPublicKey",
  "iam:UploadSigningCertificate",
];

/** False for resources of other services, on which a wildcard for every action includes none of IAM. */
export function mayBeOfIam(resources: readonly string[]): boolean {
  return (
    resources.length === 0 ||
    resources.some((resource) => {
      const [scheme, , service = "*"] = resource.split(":");
      return scheme !== "arn" || ["iam", "identitystore", "sso"].some((name) => includesText(service, name));
    })
  );
}
