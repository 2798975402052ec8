"""Roles that a service cannot assume: their trust names another service, or has a condition that the service does not meet."""

from collections.abc import Mapping
from typing import Any

from .policies import parse_json
from .rejection import Rejection, rejects
from .request import Request
from .service_callers import ServiceCall, source


def _check(request: Request, service: str, arn: str | None, sent: Mapping[str, str], rejection: Rejection) -> None:
    if not arn:
        return
    role = next((role for role in request.backend("iam").roles.values() if role.arn == arn), None)
    trust = parse_json(role.assume_role_policy_document) if role is not None else None
    if not ServiceCall((service,), "sts:AssumeRole", arn, sent).is_allowed_by([trust]):
        raise rejection


@rejects("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def function_role(request: Request) -> None:
    """Source: Lambda developer guide, "Troubleshoot configuration issues". The trust policies in aws/agent-toolkit-for-aws
    have aws:SourceAccount.
    """
    _check(
        request,
        "lambda.amazonaws.com",
        request["Role"],
        source(request.account, request.arn("lambda", f"function:{request['FunctionName']}")),
        Rejection(
            "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."
        ),
    )


@rejects("codebuild", "CreateProject", "UpdateProject")
def build_role(request: Request) -> None:
    """Source: CodeBuild user guide, "Troubleshooting" (the message) and "Cross-service confused deputy prevention"."""
    arn = request["serviceRole"]
    _check(
        request,
        "codebuild.amazonaws.com",
        arn,
        source(request.account, request.arn("codebuild", f"project/{request['name']}")),
        Rejection("InvalidInputException", f"CodeBuild is not authorized to perform: sts:AssumeRole on {arn}"),
    )


@rejects("codepipeline", "CreatePipeline", "UpdatePipeline")
def pipeline_role(request: Request) -> None:
    """Source: hashicorp/terraform #19264; CodePipeline user guide, "Cross-service confused deputy prevention"."""
    pipeline: Mapping[str, Any] = request["pipeline"]
    arn = pipeline["roleArn"]
    _check(
        request,
        "codepipeline.amazonaws.com",
        arn,
        source(request.account, request.arn("codepipeline", pipeline["name"])),
        Rejection("InvalidStructureException", f"CodePipeline is not authorized to perform AssumeRole on role {arn}"),
    )


@rejects("codedeploy", "CreateDeploymentGroup", "UpdateDeploymentGroup")
def deployment_role(request: Request) -> None:
    """Source: aws/aws-sdk-ruby #772; CodeDeploy user guide, "Cross-service confused deputy prevention"."""
    name = request["deploymentGroupName"] or request["currentDeploymentGroupName"]
    group = f"deploymentgroup:{request['applicationName']}/{name}"
    _check(
        request,
        "codedeploy.amazonaws.com",
        request["serviceRoleArn"],
        source(request.account, request.arn("codedeploy", group)),
        Rejection("InvalidRoleException", "Cannot assume role provided."),
    )


@rejects("events", "PutTargets")
def target_role(request: Request) -> None:
    """Source: Miserlou/Zappa #381; EventBridge user guide, "Cross-service confused deputy prevention"."""
    rule = request.arn("events", f"rule/{request['Rule']}")
    for target in request["Targets"] or []:
        arn = target.get("RoleArn")
        message = f"Provided role '{arn}' cannot be assumed by principal 'events.amazonaws.com'."
        _check(
            request,
            "events.amazonaws.com",
            arn,
            source(request.account, rule),
            Rejection("ValidationException", message),
        )


@rejects("opensearch", "CreateDomain", "UpdateDomainConfig")
def sign_in_role(request: Request) -> None:
    """Source: hashicorp/terraform-provider-aws, opensearch/domain.go, which retries the message. The trust in the developer
    guide, "Configuring Amazon Cognito authentication for OpenSearch Dashboards", has no condition.
    """
    options = request["CognitoOptions"] or {}
    _check(
        request,
        "es.amazonaws.com",
        options.get("RoleArn") if options.get("Enabled") else None,
        {},
        Rejection("ValidationException", "Amazon OpenSearch Service must be allowed to use the passed role"),
    )
