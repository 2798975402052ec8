"""CodeStar Notifications: rules need the service-linked role."""

from gaps.patch import memory

from .rejection import Rejection, rejects
from .request import Request

SERVICE = "codestar-notifications.amazonaws.com"


@rejects("codestar-notifications", "CreateNotificationRule")
def first_rule(request: Request) -> None:
    """The first rule of an account fails while AWS creates the service-linked role.

    Source: Developer Tools console user guide, "Using service-linked roles for AWS CodeStar Notifications";
    aws-ia/ecs-blueprints #22 and #59.
    """
    iam = request.backend("iam")
    if any(role.path == f"/aws-service-role/{SERVICE}/" for role in iam.roles.values()):
        return
    iam.create_service_linked_role(SERVICE, "", "")
    raise Rejection(
        "ConfigurationException",
        "AWS CodeStar Notifications could not create the AWS CloudWatch Events managed rule in your AWS account. If this is "
        "your first time creating a notification rule, the service-linked role for AWS CodeStar Notifications might not yet "
        "exist. Creation of this role might take up to 15 minutes. Until it exists, notification rule creation will fail. "
        "Wait 15 minutes, and then try again. If this is is not the first time you are creating a notification rule, there "
        "might be a problem with a network connection, or one or more AWS services might be experiencing issues. Verify your "
        "network connection and check to see if there are any issues with AWS services in your AWS Region before trying again.",
    )


@rejects("codestar-notifications", "CreateNotificationRule")
def taken_name(request: Request) -> None:
    """Source: API reference of CreateNotificationRule, ResourceAlreadyExistsException."""
    rules = memory(request.backend(), "rules")
    if any(rule["Name"] == request["Name"] for rule in rules.values()):
        raise Rejection(
            "ResourceAlreadyExistsException", f"A notification rule with the name {request['Name']} already exists"
        )
