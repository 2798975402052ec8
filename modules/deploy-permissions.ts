import type { DataAwsIamPolicyDocumentStatement } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import type { PermissionsBoundary } from "./permissions-boundary.ts";

export interface DeployPermissionsProps {
  /** Prefix of the environment's names. */
  readonly prefix: string;
  readonly account: string;
  readonly partition: string;
  readonly boundary: PermissionsBoundary;
}

/**
 * What a deployment may do in IAM: have roles and instance profiles of its environment, the roles inside the boundary only.
 * Neither the boundary nor the roles that GitHub's workflows take: a person changes those.
 */
export function deployPermissions(props: DeployPermissionsProps): DataAwsIamPolicyDocumentStatement[] {
  const { prefix, account, partition, boundary } = props;
  const arn = (path: string) => `arn:${partition}:iam::${account}:${path}`;
  return [
    changeRoles(arn(`role/${prefix}-*`), boundary),
    useRoles(arn(`role/${prefix}-*`)),
    manageInstanceProfiles(arn(`instance-profile/${prefix}-*`)),
    createServiceLinkedRoles(arn("role/aws-service-role/*")),
    leaveAlone(arn(`role/${prefix}-github-*`)),
    keepBoundary(boundary),
    keepInside(arn("role/*")),
  ];
}

/**
 * When a role is made or put inside a boundary, the condition is about the boundary that the call names, else about the
 * one that the role has. Source: "Actions, resources, and condition keys for AWS Identity and Access Management",
 * service authorization reference; the last three actions know the key since 2025.
 */
function changeRoles(roles: string, { policyArn }: PermissionsBoundary): DataAwsIamPolicyDocumentStatement {
  return {
    actions: [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:DeleteRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ],
    resources: [roles],
    condition: [{ test: "ArnEquals", variable: "iam:PermissionsBoundary", values: [policyArn] }],
  };
}

function useRoles(roles: string): DataAwsIamPolicyDocumentStatement {
  return {
    actions: [
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies",
      "iam:PassRole",
      "iam:TagRole",
      "iam:UntagRole",
    ],
    resources: [roles],
  };
}

function manageInstanceProfiles(profiles: string): DataAwsIamPolicyDocumentStatement {
  return {
    actions: [
      "iam:AddRoleToInstanceProfile",
      "iam:CreateInstanceProfile",
      "iam:DeleteInstanceProfile",
      "iam:GetInstanceProfile",
      "iam:RemoveRoleFromInstanceProfile",
      "iam:TagInstanceProfile",
      "iam:UntagInstanceProfile",
    ],
    resources: [profiles],
  };
}

function createServiceLinkedRoles(roles: string): DataAwsIamPolicyDocumentStatement {
  return { actions: ["iam:CreateServiceLinkedRole"], resources: [roles] };
}

/** Who may change what a role may do may do everything. */
function leaveAlone(roles: string): DataAwsIamPolicyDocumentStatement {
  return {
    effect: "Deny",
    actions: [
      "iam:AttachRolePolicy",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PassRole",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ],
    resources: [roles],
  };
}

/** Nothing above allows this or what comes next; what else the role may get one day must not either. */
function keepBoundary({ policyArn }: PermissionsBoundary): DataAwsIamPolicyDocumentStatement {
  return {
    effect: "Deny",
    actions: ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"],
    resources: [policyArn],
  };
}

function keepInside(roles: string): DataAwsIamPolicyDocumentStatement {
  return { effect: "Deny", actions: ["iam:DeleteRolePermissionsBoundary"], resources: [roles] };
}
