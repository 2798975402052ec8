"""Elastic Load Balancing: conditions and actions of listener rules.

Source: Application Load Balancer user guide, "Condition types for listener rules" and "Action types for listener rules", and
the API references of RuleCondition, RedirectActionConfig, and ForwardActionConfig. Messages without a quotation are
paraphrased.
"""

import ipaddress
import re

from .policies import as_list
from .rejection import Rejection, rejects
from .request import Request

# Quotas. Source: user guide, "Quotas for your Application Load Balancers".
MOST_VALUES = 5
MOST_WILDCARDS = 6
MOST_GROUPS = 5
LONGEST_VALUE = 128
LONGEST_NAME = 40
# Characters of a value, by field. The other fields accept any printable ASCII character.
CHARACTERS = {
    "path-pattern": r"""[\w$./~"'@:+&*?-]+""",
    "host-header": r"[\w.*?-]+",
    "http-request-method": r"[A-Z_-]+",
}
WITH_WILDCARDS = ("path-pattern", "host-header", "http-header", "query-string")
ONCE_PER_RULE = ("path-pattern", "host-header", "http-request-method", "source-ip")
WEIGHTS = (0, 999)
STICKY_SECONDS = (1, 604_800)
# What a redirect leaves unchanged unless it says otherwise; one of these must change.
UNCHANGED = {"Protocol": "#{protocol}", "Host": "#{host}", "Port": "#{port}", "Path": "/#{path}"}
# Actions that end the processing of a request. Those of authentication may precede them.
FINAL_ACTIONS = ("forward", "redirect", "fixed-response")


def _invalid(message: str) -> Rejection:
    return Rejection("ValidationError", message)


@rejects("elbv2", "CreateRule", "ModifyRule")
def conditions(request: Request) -> None:
    """aws/aws-cdk #10065 quotes the message about five values."""
    given = request["Conditions"] or []
    if request.operation == "CreateRule" and not given:
        raise _invalid("A condition must be specified")
    fields = [condition.get("Field") for condition in given]
    for field in ONCE_PER_RULE:
        if fields.count(field) > 1:
            raise _invalid(f"A rule can only have one '{field}' condition")
    values = [(condition.get("Field"), value) for condition in given for value in _values(condition)]
    if len(values) > MOST_VALUES:
        raise _invalid(f"A rule can only have '{MOST_VALUES}' condition values")
    wildcards = sum(len(re.findall(r"[*?]", value)) for field, value in values if field in WITH_WILDCARDS)
    if wildcards > MOST_WILDCARDS:
        raise _invalid(f"A rule can only have '{MOST_WILDCARDS}' condition wildcards")
    for condition in given:
        _check_condition(condition)


def _values(condition: dict) -> list[str]:
    """Values of a condition. A query string has pairs, which count as one value each."""
    configs = [value for key, value in condition.items() if key.endswith("Config") and isinstance(value, dict)]
    values = [value for config in configs for value in as_list(config.get("Values"))] or as_list(condition.get("Values"))
    return [(value.get("Key") or "") + (value.get("Value") or "") if isinstance(value, dict) else value for value in values]


def _check_condition(condition: dict) -> None:
    field = condition.get("Field") or ""
    for value in _values(condition):
        if len(value) > LONGEST_VALUE:
            raise _invalid(f"Condition value '{value}' cannot be longer than '{LONGEST_VALUE}' characters")
        if field == "source-ip":
            _check_range(value)
        elif not re.fullmatch(CHARACTERS.get(field, r"[ -~]+"), value, re.ASCII):
            # Quoted in aws/aws-cli #9792.
            raise _invalid(f"Condition value '{value}' contains a character that is not valid")
    if field == "http-header":
        _check_header((condition.get("HttpHeaderConfig") or {}).get("HttpHeaderName") or "")
    for pair in (condition.get("QueryStringConfig") or {}).get("Values") or []:
        if not pair.get("Value"):
            raise _invalid("A value must be specified for each query string condition")


def _check_range(text: str) -> None:
    try:
        if "/" not in text or ipaddress.ip_network(text, strict=False) == ipaddress.ip_network("255.255.255.255"):
            raise ValueError
    except ValueError:
        raise _invalid(f"Condition value '{text}' must be a valid CIDR block") from None


def _check_header(name: str) -> None:
    if name.lower() == "host":
        raise _invalid("The 'host' header must be specified with a 'host-header' condition")
    if len(name) > LONGEST_NAME or not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name, re.ASCII):
        raise _invalid(f"HTTP header name '{name}' is not valid")


@rejects("elbv2", "CreateListener", "ModifyListener", "CreateRule", "ModifyRule")
def actions(request: Request) -> None:
    """Checks the actions of a rule, or the default actions of a listener, which are its last rule."""
    given = sorted(
        [*(request["DefaultActions"] or []), *(request["Actions"] or [])], key=lambda action: int(action.get("Order") or 0)
    )
    final = [action.get("Type") in FINAL_ACTIONS for action in given]
    if given and (sum(final) != 1 or not final[-1]) and all(action.get("Type") for action in given):
        raise Rejection(
            "InvalidLoadBalancerAction",
            "The last action must be the only one of type 'forward', 'redirect', or 'fixed-response'",
        )
    for action in given:
        if action.get("ForwardConfig"):
            _check_forward(action["ForwardConfig"])
        if action.get("RedirectConfig"):
            _check_redirect(action["RedirectConfig"])


def _check_forward(config: dict) -> None:
    groups = config.get("TargetGroups") or []
    if len(groups) > MOST_GROUPS:
        raise Rejection("TooManyTargetGroups", f"A rule can only have '{MOST_GROUPS}' target groups")
    least, most = WEIGHTS
    for group in groups:
        if group.get("Weight") is not None and not least <= int(group["Weight"]) <= most:
            raise _invalid(f"Target group weight '{group['Weight']}' must be between '{least}-{most}' inclusive")
    stickiness = config.get("TargetGroupStickinessConfig") or {}
    seconds = stickiness.get("DurationSeconds")
    least, most = STICKY_SECONDS
    if str(stickiness.get("Enabled")).lower() == "true" and (seconds is None or not least <= int(seconds) <= most):
        raise _invalid(f"Target group stickiness duration '{seconds}' must be between '{least}-{most}' inclusive")


def _check_redirect(config: dict) -> None:
    path, port = config.get("Path") or UNCHANGED["Path"], str(config.get("Port") or UNCHANGED["Port"])
    if not path.startswith("/") or any(path.count(f"#{{{name}}}") > 1 for name in ("path", "host", "port")):
        # Quoted in aws/aws-cdk #31201, without the last quotation mark.
        raise Rejection(
            "InvalidLoadBalancerAction",
            "The Path parameter must be a valid path, should start with a '/', and may contain up to one of each of these "
            "placeholders: '#{path}', '#{host}', '#{port}'.",
        )
    if port != UNCHANGED["Port"] and not (port.isdigit() and 1 <= int(port) <= 65_535):
        raise Rejection("InvalidLoadBalancerAction", f"The Port parameter '{port}' must be between '1-65535' or '#{{port}}'")
    if all(config.get(name) in (None, "", same) for name, same in UNCHANGED.items()):
        # Quoted in kubernetes-sigs/aws-load-balancer-controller #487.
        raise Rejection(
            "InvalidLoadBalancerAction", "The redirect configuration is not valid because it creates a loop."
        )
