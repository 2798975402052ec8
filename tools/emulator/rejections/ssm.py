"""Systems Manager: parameters."""

import re

from .rejection import Rejection, rejects
from .request import Request

# Characters of a parameter in the standard tier. Source: Systems Manager user guide, "Managing parameter tiers".
MOST = 4096
# Source: API reference of PutParameter, HierarchyLevelLimitExceededException.
MOST_LEVELS = 15


@rejects("ssm", "PutParameter")
def standard_tier(request: Request) -> None:
    """Source: API reference of PutParameter, Tier."""
    if request["Tier"] in (None, "Standard") and len(request["Value"] or "") > MOST:
        raise Rejection(
            "ValidationException",
            f"Standard tier parameters support a maximum parameter value of {MOST} characters. To create a larger parameter "
            "value, upgrade the parameter to use the advanced-parameter tier. For more information, see "
            "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html",
        )


@rejects("ssm", "PutParameter")
def name(request: Request) -> None:
    """Source: API reference of PutParameter, Name; moto's copy of the message about characters."""
    text = request["Name"] or ""
    if "/" in text and not text.startswith("/"):
        raise Rejection("ValidationException", "Parameter name must be a fully qualified name.")
    if not re.fullmatch(r"[\w.\-/]+", text, re.ASCII):
        raise Rejection(
            "ValidationException",
            'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths '
            "divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_",
        )


@rejects("ssm", "PutParameter")
def levels(request: Request) -> None:
    """Source: as above, whose words these are."""
    if (request["Name"] or "").strip("/").count("/") >= MOST_LEVELS:
        raise Rejection(
            "HierarchyLevelLimitExceededException",
            f"A hierarchy can have a maximum of {MOST_LEVELS} levels.",
        )


@rejects("ssm", "PutParameter")
def changed_type(request: Request) -> None:
    """Source: API reference of PutParameter, HierarchyTypeMismatchException, whose words these are."""
    parameters = request.backend()._parameters
    versions = parameters.get(parameters.normalize_name(request["Name"])) or []
    if request["Type"] and any(version.parameter_type != request["Type"] for version in versions):
        raise Rejection(
            "HierarchyTypeMismatchException",
            "Parameter Store does not support changing a parameter type in a hierarchy. For example, you can't change a "
            "parameter from a String type to a SecureString type. You must create a new, unique parameter.",
        )


@rejects("ssm", "PutParameter")
def allowed_pattern(request: Request) -> None:
    """Source: API reference of PutParameter, ParameterPatternMismatchException; public reports quote the message."""
    pattern = request["AllowedPattern"]
    try:
        matches = not pattern or re.fullmatch(pattern, request["Value"] or "")
    except re.error:
        return  # a pattern of Java
    if not matches:
        raise Rejection(
            "ParameterPatternMismatchException",
            f"Parameter value, cannot be validated against allowedPattern: {pattern}",
        )
