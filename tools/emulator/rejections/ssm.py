"""Systems Manager: parameters."""

import re

from .rejection import Rejection, rejects
from .request import Request

# Characters of a parameter in the standard tier. Source: Systems Manager user guide, "Managing parameter tiers".
MOST = 4096


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
