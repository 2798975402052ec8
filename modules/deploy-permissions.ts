import type { IConstruct } from "constructs";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { formatArn } from "./arn.ts";
import { environmentOf } from "./environment.ts";
import type { PermissionsBoundary } from "./permissions-boundary.ts";

/**
 * IAM permissions of a deployment: it manages the roles and instance profiles of its environment, roles only inside the
 * boundary. The boundary itself and the roles of GitHub's workflows are left to a person.
 */
export function deployPermissions(
  scope: IConstruct,
  boundary: PermissionsBoundary,
): DataAwsIamPolicyDocumentStatement[] {
  const { prefix } = environmentOf(scope);
  const arn = (resource: string) => formatArn(scope, { service: "iam", region: "", resource });
  return [
    changeRoles(arn(`role/${prefix}-*`), boundary),
    useRoles(arn(`role/${prefix}-*`)),
    manageInstanceProfiles(arn(`instance-profile/${prefix}-*`)),
    createServiceLinkedRoles(arn("role/aws-service-role/*")),
    protectGithubRoles(arn(`role/${prefix}-github-*`)),
    protectBoundary(boundary),
    keepRolesInBoundary(arn("role/*")),
  ];
}

/**
 * For CreateRole and PutRolePermissionsBoundary, the condition tests the boundary in the request; for the other actions,
 * the boundary of the role. Source: "Actions, resources, and condition keys for AWS Identity and Access Management",
 * service authorization reference; the last three actions have supported the key since 2025.
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

/** A deployment that could change its own role could do anything. */
function protectGithubRoles(roles: string): DataAwsIamPolicyDocumentStatement {
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

/** The statements above allow none of this. These two keep any policy that is attached to the role later from allowing it. */
function protectBoundary({ policyArn }: PermissionsBoundary): DataAwsIamPolicyDocumentStatement {
  return {
    effect: "Deny",
    actions: ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"],
    resources: [policyArn],
  };
}

function keepRolesInBoundary(roles: string): DataAwsIamPolicyDocumentStatement {
  return { effect: "Deny", actions: ["iam:DeleteRolePermissionsBoundary"], resources: [roles] };
}
