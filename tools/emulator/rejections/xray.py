"""X-Ray: groups and sampling rules."""

from gaps.patch import memory

from .rejection import Rejection, rejects
from .request import Request


def _invalid(message: str) -> Rejection:
    return Rejection("InvalidRequestException", message)


@rejects("xray", "CreateGroup")
def taken_group(request: Request) -> None:
    """Source: API reference of CreateGroup, InvalidRequestException."""
    groups = memory(request.backend(), "groups")
    if any(group["GroupName"] == request["GroupName"] for group in groups.values()):
        raise _invalid("Group already exists.")


@rejects("xray", "CreateSamplingRule")
def sampling_rule(request: Request) -> None:
    """Source: API reference of CreateSamplingRule and SamplingRule."""
    rule = request["SamplingRule"]
    if rule["RuleName"] in memory(request.backend(), "sampling_rules"):
        raise _invalid("Sampling rule already exists.")
    if rule["RuleName"] == "Default":
        raise _invalid("Sampling rule name Default is reserved.")
