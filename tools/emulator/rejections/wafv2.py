"""AWS WAF: web ACLs."""

from moto.backends import get_backend

from .rejection import Rejection, rejects
from .request import Request

# Web ACLs of CloudFront are kept there. Source: API reference of CreateWebACL, Scope.
EDGE_REGION = "us-east-1"


@rejects("wafv2", "CreateWebACL", "UpdateWebACL", "GetWebACL", "ListWebACLs", "CreateIPSet", "CreateRuleGroup")
def scope(request: Request) -> None:
    """Source: API reference of CreateWebACL, Scope; hashicorp/terraform-provider-aws has the message in its tests."""
    if request["Scope"] == "CLOUDFRONT" and request.region != EDGE_REGION:
        raise Rejection(
            "WAFInvalidParameterException",
            "Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT",
        )


@rejects("wafv2", "CreateWebACL")
def taken_name(request: Request) -> None:
    """moto has another error code. Source: API reference of CreateWebACL, WAFDuplicateItemException."""
    if any(acl.name == request["Name"] for acl in _backend(request).wacls.values()):
        raise Rejection(
            "WAFDuplicateItemException",
            "AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an existing one.",
        )


@rejects("wafv2", "CreateWebACL", "UpdateWebACL", "CreateRuleGroup", "UpdateRuleGroup")
def priorities(request: Request) -> None:
    """Source: API reference of Rule, Priority: "they must all be different". The code is that of invalid values, and the message
    follows the others.
    """
    given = [rule["Priority"] for rule in request["Rules"] or []]
    for priority in given:
        if given.count(priority) > 1:
            raise Rejection(
                "WAFInvalidParameterException",
                f"Error reason: The priorities of the rules must all be different., field: RULE, parameter: {priority}",
            )


# Seconds. Source: API reference of RateBasedStatement, EvaluationWindowSec.
WINDOWS = (60, 120, 300, 600)


@rejects("wafv2", "CreateWebACL", "UpdateWebACL")
def default_action(request: Request) -> None:
    """Source: API reference of DefaultAction; aws/aws-cdk #16627 quotes the words."""
    if len(_given(request["DefaultAction"])) != 1:
        raise _one_value("DEFAULT_ACTION", "DefaultAction")


@rejects("wafv2", "CreateWebACL", "UpdateWebACL", "CreateRuleGroup", "UpdateRuleGroup")
def rules(request: Request) -> None:
    """Source: API references of Rule, Statement, and RateBasedStatement; public reports quote the words about single values and
    references, and the others follow them.
    """
    for rule in request["Rules"] or []:
        name, statement = rule.get("Name"), rule.get("Statement") or {}
        if len(_given(statement)) != 1:
            raise _one_value("STATEMENT", "Statement")
        refers_to_group = bool({"ManagedRuleGroupStatement", "RuleGroupReferenceStatement"} & statement.keys())
        if len(_given(rule.get("Action"))) + len(_given(rule.get("OverrideAction"))) != 1:
            raise _one_value("RULE_ACTION", name)
        if refers_to_group == bool(rule.get("Action")):
            raise _parameter("A reference in your rule statement is not valid.", "RULE_ACTION", name)
        rate = statement.get("RateBasedStatement") or {}
        if rate.get("EvaluationWindowSec") is not None and int(rate["EvaluationWindowSec"]) not in WINDOWS:
            raise _parameter("The window is not valid.", "EVALUATION_WINDOW_SEC", rate["EvaluationWindowSec"])
        if rate and (rate.get("AggregateKeyType") == "FORWARDED_IP") != bool(rate.get("ForwardedIPConfig")):
            raise _parameter("Forwarded addresses need a header.", "FORWARDED_IP_CONFIG", name)


def _given(choice: dict | None) -> list[str]:
    return [name for name, value in (choice or {}).items() if value is not None]


def _one_value(field: str, parameter: str) -> Rejection:
    return _parameter(
        "You have used none or multiple values for a field that requires exactly one value.", field, parameter
    )


def _parameter(reason: str, field: str, parameter) -> Rejection:
    return Rejection("WAFInvalidParameterException", f"Error reason: {reason}, field: {field}, parameter: {parameter}")


@rejects("wafv2", "DeleteWebACL")
def web_acl_in_use(request: Request) -> None:
    """Source: API reference of DeleteWebACL, WAFAssociatedItemException."""
    acl = next((one for one in _backend(request).wacls.values() if one.id == request["Id"]), None)
    for distribution in request.backend("cloudfront").distributions.values():
        if acl is not None and distribution.distribution_config.WebACLId == acl.arn:
            raise Rejection(
                "WAFAssociatedItemException",
                "AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s "
                "associated with another resource.",
            )


def _backend(request: Request):
    region = "global" if request["Scope"] == "CLOUDFRONT" else request.region
    return get_backend("wafv2")[request.account][region]
