"""What the policies of a role allow, as far as a service checks it when it is given the role."""

from .policies import as_list, parse_json
from .request import Request
from .service_callers import covers


def role_may(request: Request, arn: str, action: str) -> bool:
    """True if a policy of the role allows the action on some resource. Conditions and Deny statements are not evaluated."""
    role = next((role for role in request.backend("iam").roles.values() if role.arn == arn), None)
    if role is None:
        return False
    versions = [version for policy in role.managed_policies.values() for version in policy.versions]
    current = [version.document for version in versions if version.is_default_version]
    documents = [*role.policies.values(), *current]
    statements = [one for document in documents for one in as_list((parse_json(document) or {}).get("Statement"))]
    return any(
        statement.get("Effect") == "Allow" and covers(pattern.lower(), action.lower())
        for statement in statements
        for pattern in as_list(statement.get("Action"))
    )
