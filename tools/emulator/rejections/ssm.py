"""Systems Manager: parameters."""

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
