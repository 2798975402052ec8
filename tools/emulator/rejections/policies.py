"""Policy documents: IAM, trust, KMS key, SNS topic, SQS queue, and ECR repository policies."""

import json
import re
from typing import Any

from .rejection import Rejection, rejects
from .request import Request

VERSIONS = ("2012-10-17", "2008-10-17")


def parse_json(text: Any) -> Any:
    """Parses JSON; None when it is not valid."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None


def as_list(value: Any) -> list:
    """Returns a list for a field that may hold one value or several."""
    return [] if value is None else value if isinstance(value, list) else [value]


def allows_public(policy: dict) -> bool:
    """True when a statement grants access to everyone. Source: S3 user guide, "The meaning of public"."""
    fixed = {
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourceowner",
        "aws:principalorgid",
        "aws:userid",
        "aws:sourceip",
        "s3:dataaccesspointarn",
        "aws:principalarn",
        "aws:principalaccount",
        "aws:sourceorgid",
    }
    for statement in as_list(policy.get("Statement")):
        principal = statement.get("Principal")
        anyone = principal == "*" or (isinstance(principal, dict) and "*" in as_list(principal.get("AWS")))
        keys = {
            key.lower()
            for operator, conditions in (statement.get("Condition") or {}).items()
            if not operator.lower().startswith(("stringnot", "arnnot", "notip"))
            for key, values in conditions.items()
            if "*" not in as_list(values) and "0.0.0.0/0" not in as_list(values)
        }
        if statement.get("Effect") == "Allow" and anyone and not keys & fixed:
            return True
    return False


def unknown_principals(request: Request, policy: dict) -> list[str]:
    """Roles and users of the own account that a policy names and that do not exist. Roles of AWS services are left out."""
    iam = request.backend("iam")
    known = {one.arn for one in (*iam.roles.values(), *iam.users.values())}
    own = re.compile(rf"arn:aws:iam::{request.account}:(role|user)/(?!aws-service-role/).+")
    named = [
        str(name)
        for statement in as_list(policy.get("Statement"))
        for principal in (statement.get("Principal"), statement.get("NotPrincipal"))
        for name in as_list(principal.get("AWS") if isinstance(principal, dict) else None)
    ]
    return [name for name in named if own.fullmatch(name) and name not in known]


def _malformed(message: str) -> Rejection:
    return Rejection("MalformedPolicyDocument", message)


@rejects("iam", "CreatePolicy", "CreatePolicyVersion", "PutRolePolicy", "PutUserPolicy", "PutGroupPolicy")
def identity_policy(request: Request) -> None:
    """Source: IAM user guide, "Grammar of the IAM JSON policy language"."""
    policy = _document(request["PolicyDocument"])
    for statement in as_list(policy["Statement"]):
        _check_statement(statement)
        if "Principal" in statement or "NotPrincipal" in statement:
            raise _malformed("Policy document should not specify a principal.")
        resources = as_list(statement.get("Resource")) or as_list(statement.get("NotResource"))
        if not resources:
            raise _malformed("Policy statement must contain resources.")
        for resource in resources:
            if resource != "*" and not re.match(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:.+|\*", resource):
                raise _malformed(f'Resource {resource} must be in ARN format or "*".')


@rejects("iam", "CreateRole", "UpdateAssumeRolePolicy")
def trust_policy(request: Request) -> None:
    """Source: IAM user guide, "Grammar of the IAM JSON policy language"."""
    text = request["AssumeRolePolicyDocument"] if request.operation == "CreateRole" else request["PolicyDocument"]
    policy = _document(text)
    for statement in as_list(policy["Statement"]):
        _check_statement(statement)
        if "Resource" in statement or "NotResource" in statement:
            raise _malformed("Has prohibited field Resource")
        if "Principal" not in statement and "NotPrincipal" not in statement:
            raise _malformed("Missing required field Principal")
        for action in as_list(statement.get("Action")):
            if not action.lower().startswith("sts:") and action != "*":
                raise _malformed("AssumeRole policy may only specify STS AssumeRole actions.")
        principal = statement.get("Principal")
        for service in as_list(principal.get("Service") if isinstance(principal, dict) else None):
            if not re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?", service):
                raise _malformed(f'Invalid principal in policy: "SERVICE":"{service}"')
        for account in as_list(principal.get("AWS") if isinstance(principal, dict) else None):
            if not re.fullmatch(r"\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:.+|A[A-Z0-9]{15,}", account):
                raise _malformed(f'Invalid principal in policy: "AWS":"{account}"')
    for name in unknown_principals(request, policy):
        raise _malformed(f'Invalid principal in policy: "AWS":"{name}"')


def _document(text: Any) -> dict:
    policy = parse_json(text)
    if policy is None:
        raise _malformed("This policy contains invalid Json")
    if not isinstance(policy, dict):
        raise _malformed("Syntax errors in policy.")
    if policy.get("Version") not in (None, *VERSIONS):
        raise _malformed("The policy must contain a valid version string.")
    if not as_list(policy.get("Statement")):
        raise _malformed(
            "Missing required field Statement" if "Statement" not in policy else "Syntax errors in policy."
        )
    if set(policy) - {"Version", "Id", "Statement"}:
        raise _malformed("Syntax errors in policy.")
    return policy


STATEMENT = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}  # fmt: skip


def _check_statement(statement: Any) -> None:
    if not isinstance(statement, dict) or set(statement) - STATEMENT:
        raise _malformed("Syntax errors in policy.")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise _malformed("Missing required field Effect" if "Effect" not in statement else "Syntax errors in policy.")
    if not re.fullmatch(r"[A-Za-z0-9]*", statement.get("Sid", "")):
        raise _malformed(
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
        )
    actions = as_list(statement.get("Action")) or as_list(statement.get("NotAction"))
    if not actions:
        raise _malformed("Policy statement must contain actions.")
    for action in actions:
        if action != "*" and ":" not in action:
            raise _malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")


@rejects("kms", "CreateKey", "PutKeyPolicy")
def key_policy(request: Request) -> None:
    """Source: KMS developer guide, "Key policies": the caller must be able to call PutKeyPolicy afterwards."""
    text = request["Policy"]
    if text is None:
        return
    policy = parse_json(text)
    if not isinstance(policy, dict) or not as_list(policy.get("Statement")):
        raise Rejection(
            "MalformedPolicyDocumentException", "The policy document is not valid JSON or has no statement."
        )
    if unknown_principals(request, policy):
        # Public reports quote it.
        raise Rejection(
            "MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals."
        )
    if request["BypassPolicyLockoutSafetyCheck"]:
        return
    if not any(_lets_change_policy(statement, request.account) for statement in as_list(policy["Statement"])):
        raise Rejection(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
        )


def _lets_change_policy(statement: dict, account: str) -> bool:
    principal = statement.get("Principal")
    names = as_list(principal.get("AWS")) if isinstance(principal, dict) else as_list(principal)
    caller = any(name == "*" or account in str(name) for name in names)
    actions = [action.lower() for action in as_list(statement.get("Action"))]
    return (
        statement.get("Effect") == "Allow"
        and caller
        and any(_matches(action, "kms:putkeypolicy") for action in actions)
    )


def _matches(pattern: str, action: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), action) is not None


# The only actions in a topic policy; sns:* is rejected, too. Source: SNS developer guide, "Amazon SNS API permissions: Actions
# and resources reference"; the default policy of a topic has them.
TOPIC_ACTIONS = {
    f"sns:{action}".lower()
    for action in (
        "AddPermission", "DeleteTopic", "GetDataProtectionPolicy", "GetTopicAttributes", "ListSubscriptionsByTopic",
        "ListTagsForResource", "Publish", "PutDataProtectionPolicy", "Receive", "RemovePermission", "SetTopicAttributes",
        "Subscribe",
    )
}  # fmt: skip


@rejects("sns", "CreateTopic", "SetTopicAttributes", "AddPermission")
def topic_policy(request: Request) -> None:
    """Source: API reference of SetTopicAttributes, InvalidParameter."""
    text = (request["Attributes"] or {}).get("Policy")
    if request.operation == "SetTopicAttributes" and request["AttributeName"] == "Policy":
        text = request["AttributeValue"]
    if not text:
        return
    policy = parse_json(text)
    if not isinstance(policy, dict) or not as_list(policy.get("Statement")):
        raise Rejection("InvalidParameter", "Invalid parameter: Policy Error: null")
    if unknown_principals(request, policy):
        raise Rejection("InvalidParameter", "Invalid parameter: Policy Error: PrincipalNotFound")
    for statement in as_list(policy["Statement"]):
        if not isinstance(statement, dict) or "Principal" not in statement:
            raise Rejection("InvalidParameter", "Invalid parameter: Policy Error: null")
        for action in as_list(statement.get("Action")):
            if action != "*" and action.lower() not in TOPIC_ACTIONS:
                raise Rejection("InvalidParameter", "Invalid parameter: Policy statement action out of service scope!")


@rejects("sqs", "CreateQueue", "SetQueueAttributes")
def queue_policy(request: Request) -> None:
    """Source: API reference of SetQueueAttributes, InvalidAttributeValue."""
    text = (request["Attributes"] or {}).get("Policy")
    if not text:
        return
    policy = parse_json(text)
    statements = as_list(policy.get("Statement")) if isinstance(policy, dict) else []
    valid = statements and all(
        "Principal" in one and all(action == "*" or action.lower().startswith("sqs:") for action in as_list(one.get("Action")))
        for one in statements
    )
    if not valid or unknown_principals(request, policy):
        raise Rejection("InvalidAttributeValue", "Invalid value for the parameter Policy.")


@rejects("ecr", "SetRepositoryPolicy")
def repository_policy(request: Request) -> None:
    """Source: API reference of SetRepositoryPolicy, InvalidParameterException."""
    if not isinstance(parse_json(request["policyText"]), dict):
        raise Rejection(
            "InvalidParameterException",
            "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
        )
