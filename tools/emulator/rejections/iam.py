"""IAM: roles and their instance profiles."""

import re

from .rejection import Rejection, rejects
from .request import Request


@rejects("iam", "CreateRole", "PutRolePermissionsBoundary")
def boundary(request: Request) -> None:
    """Source: API reference of CreateRole, PermissionsBoundary: the ARN of a managed policy; public reports quote the message
    about a missing one.
    """
    arn = request["PermissionsBoundary"]
    if arn and not re.fullmatch(r"arn:aws[a-z-]*:iam::(aws|\d{12}):policy/.+", arn):
        raise Rejection("ValidationError", f"Value ({arn}) for parameter PermissionsBoundary is invalid.")
    if arn and arn not in request.backend().managed_policies:
        raise Rejection("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.", 404)


@rejects("iam", "CreateServiceLinkedRole")
def taken_linked_role(request: Request) -> None:
    """Source: API reference of CreateServiceLinkedRole, InvalidInput; public reports quote the message."""
    path = f"/aws-service-role/{request['AWSServiceName']}/"
    for role in request.backend().roles.values():
        if role.path == path and not request["CustomSuffix"]:
            raise Rejection(
                "InvalidInput",
                f"Service role name {role.name} has been taken in this account, please try a different suffix.",
            )


@rejects("iam", "DeletePolicy")
def policy_in_use(request: Request) -> None:
    """Source: API reference of DeletePolicy, DeleteConflict; public reports quote the message, also for a permissions
    boundary (issue 972 of cloud-nuke).
    """
    arn = request["PolicyArn"]
    policy = request.backend().managed_policies.get(arn)
    is_boundary = any(role.permissions_boundary_arn == arn for role in request.backend().roles.values())
    if policy is not None and (policy.attachment_count or is_boundary):
        raise Rejection("DeleteConflict", "Cannot delete a policy attached to entities.", 409)


@rejects("iam", "AttachRolePolicy")
def attached_policy(request: Request) -> None:
    """Source: API reference of AttachRolePolicy, NoSuchEntity."""
    arn = request["PolicyArn"]
    if arn not in request.backend().managed_policies:
        raise Rejection("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404)


@rejects("iam", "CreateOpenIDConnectProvider")
def taken_provider(request: Request) -> None:
    """Source: API reference of CreateOpenIDConnectProvider, EntityAlreadyExists."""
    url = request["Url"] or ""
    for provider in request.backend().open_id_providers.values():
        if provider.url.removeprefix("https://") == url.removeprefix("https://"):
            raise Rejection("EntityAlreadyExists", f"Provider with url {url} already exists.", 409)
    if not url.startswith("https://"):
        raise Rejection("ValidationError", "Invalid Open ID Connect Provider URL")


# Characters, not counting white space, and policies per role. Source: IAM user guide, "IAM and AWS STS quotas".
MOST_OF_ROLE = 10_240
MOST_OF_TRUST = 2_048
MOST_OF_POLICY = 6_144
MOST_ATTACHED = 10


def _length(document: str | None) -> int:
    return len(re.sub(r"\s", "", document or ""))


def _limit(message: str) -> Rejection:
    return Rejection("LimitExceeded", message, 409)


@rejects("iam", "PutRolePolicy")
def inline_size(request: Request) -> None:
    """All policies in a role count. Public reports quote this message and those below."""
    name = request["RoleName"]
    role = next((role for role in request.backend().roles.values() if role.name == name), None)
    others = {policy: text for policy, text in role.policies.items() if policy != request["PolicyName"]} if role else {}
    if sum(map(_length, others.values())) + _length(request["PolicyDocument"]) > MOST_OF_ROLE:
        raise _limit(f"Maximum policy size of {MOST_OF_ROLE} bytes exceeded for role {name}")


@rejects("iam", "CreateRole", "UpdateAssumeRolePolicy")
def trust_size(request: Request) -> None:
    """Source: IAM user guide, "IAM and AWS STS quotas"; cloudposse's aws-teams component quotes the message."""
    field = "AssumeRolePolicyDocument" if request.operation == "CreateRole" else "PolicyDocument"
    if _length(request[field]) > MOST_OF_TRUST:
        raise _limit(f"Cannot exceed quota for ACLSizePerRole: {MOST_OF_TRUST}")


@rejects("iam", "CreatePolicy", "CreatePolicyVersion")
def policy_size(request: Request) -> None:
    """Source: IAM user guide, "IAM and AWS STS quotas"; the message follows the one about trust policies."""
    if _length(request["PolicyDocument"]) > MOST_OF_POLICY:
        raise _limit(f"Cannot exceed quota for PolicySize: {MOST_OF_POLICY}")


@rejects("iam", "AttachRolePolicy")
def attached_policies(request: Request) -> None:
    """Source: IAM user guide, "IAM and AWS STS quotas"; the message follows the one about trust policies."""
    role = next((role for role in request.backend().roles.values() if role.name == request["RoleName"]), None)
    attached = set(role.managed_policies) if role is not None else set()
    if len(attached | {request["PolicyArn"]}) > MOST_ATTACHED:
        raise _limit(f"Cannot exceed quota for PoliciesPerRole: {MOST_ATTACHED}")


@rejects("iam", "CreateRole")
def taken_role(request: Request) -> None:
    """Names are unique regardless of case. Source: IAM user guide, "IAM and AWS STS quotas"."""
    name = request["RoleName"] or ""
    for role in request.backend().roles.values():
        if role.name.lower() == name.lower() and role.name != name:
            raise Rejection("EntityAlreadyExists", f"Role with name {name} already exists.", 409)
