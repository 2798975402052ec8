"""X-Ray: groups and sampling rules."""

from gaps.patch import memory

from .rejection import Rejection, rejects
from .request import Request
from .xray_filters import InvalidFilter, check_filter

# Maximum groups, and sampling rules besides the default one, per account and region. Source: AWS General Reference, "AWS
# X-Ray endpoints and quotas".
MOST_GROUPS = 25
MOST_RULES = 25
# The only format of sampling rules. Source: API reference of SamplingRule, Version.
RULE_VERSION = 1


def _invalid(message: str) -> Rejection:
    return Rejection("InvalidRequestException", message)


@rejects("xray", "CreateGroup")
def new_group(request: Request) -> None:
    """Source: API reference of CreateGroup, GroupName and InvalidRequestException; the messages about the reserved name and
    the number of groups are paraphrased.
    """
    groups = memory(request.backend(), "groups")
    if any(group["GroupName"] == request["GroupName"] for group in groups.values()):
        raise _invalid("Group already exists.")
    if request["GroupName"] == "Default":
        raise _invalid("Group name Default is reserved.")
    if len(groups) >= MOST_GROUPS:
        raise _invalid("You have reached the maximum number of groups.")


@rejects("xray", "CreateGroup", "UpdateGroup", "GetTraceSummaries")
def filter_expression(request: Request) -> None:
    """Source: X-Ray developer guide, "Using filter expressions"; the message is paraphrased."""
    try:
        if request["FilterExpression"]:
            check_filter(request["FilterExpression"])
    except InvalidFilter as error:
        raise _invalid(f"Invalid filter expression: {error}") from None


@rejects("xray", "CreateSamplingRule")
def sampling_rule(request: Request) -> None:
    """Source: API reference of CreateSamplingRule, SamplingRule, and RuleLimitExceededException."""
    rules = memory(request.backend(), "sampling_rules")
    rule = request["SamplingRule"]
    if rule["RuleName"] in rules:
        raise _invalid("Sampling rule already exists.")
    if rule["RuleName"] == "Default":
        raise _invalid("Sampling rule name Default is reserved.")
    if int(rule["Version"]) != RULE_VERSION:
        raise _invalid(
            f"1 validation error detected: Value '{rule['Version']}' at 'samplingRule.version' failed to satisfy constraint: "
            f"Member must have value less than or equal to {RULE_VERSION}"
        )
    if len(rules) >= MOST_RULES:
        raise Rejection("RuleLimitExceededException", "You have reached the maximum number of sampling rules.")
