"""CloudWatch Logs: filter patterns of metric filters and subscriptions.

Grammar from the CloudWatch Logs user guide, "Filter pattern syntax":

    pattern   = "{" condition "}" | "[" field { "," field } "]" | { ["?" | "-"] term }
    condition = "(" condition ")" | test | condition ("&&" | "||") condition
    test      = selector (operator value | "IS" ["NOT"] ("NULL" | "TRUE" | "FALSE") | ["NOT"] "EXISTS")
    field     = "..." | name [ operator value { ("&&" | "||") name operator value } ]
    value     = string | %regular expression% | word
"""

import re

from .rejection import Rejection, rejects
from .request import Request

STRING = r'"(?:[^"\\]|\\.)*"'
# The guide lists the characters and operators; parentheses are none of them.
REGEX = r"%(?:\\[ -~]|[A-Za-z0-9 :_#=@/;,^$?\[\]{}|*+.-])+%"
SELECTOR = r"""\$(?:\.[\w@:*-]+|\.?\[(?:\d+|\*|'[^']*'|"[^"]*")\])+"""
# A number, or a text without special characters; an asterisk matches any text.
WORD = r"[\w.*:/@+-]+"
VALUE = rf"(?:{STRING}|{REGEX}|{WORD})"
COMPARISON = rf"(?:(?:=|!=)\s*{VALUE}|(?:<=|>=|<|>)\s*-?[\d.]+(?:[eE][+-]?\d+)?(?![\w*]))"
TEST = re.compile(rf"{SELECTOR}\s*(?:{COMPARISON}|(?i:IS\s+(?:NOT\s+)?(?:NULL|TRUE|FALSE)|(?:NOT\s+)?EXISTS))")
FIELD = re.compile(rf"\.\.\.|\w+(?:\s*{COMPARISON}(?:\s*(?:&&|\|\|)\s*\w+\s*{COMPARISON})*)?")
# Maximum regular expressions in a pattern in brackets, and patterns with one per log group. Source: the guide, "Supported
# regular expressions (regex) syntax".
MOST_REGEXES = 2
MOST_WITH_REGEX = 5
TERM = re.compile(rf"[?-]?(?:{STRING}|{REGEX}|\w+)")


@rejects("logs", "PutMetricFilter", "PutSubscriptionFilter")
def filter_pattern(request: Request) -> None:
    """newrelic/serverless-newrelic-lambda-layers #36 and aws/aws-cdk #15047 quote the messages about whole patterns; public
    reports quote the one about terms.
    """
    pattern = (request["filterPattern"] or "").strip()
    kind = "metric" if request.operation == "PutMetricFilter" else "subscription"
    invalid = Rejection("InvalidParameterException", f"Invalid {kind} filter pattern")
    if pattern[:1] == "{":
        valid = pattern[-1:] == "}" and _is_condition(pattern[1:-1])
    elif pattern[:1] == "[":
        valid = pattern[-1:] == "]" and all(FIELD.fullmatch(field.strip()) for field in _fields(pattern[1:-1]))
    else:
        _check_terms(pattern, invalid)
        valid = True
    if not valid or (pattern[:1] in ("{", "[") and _regexes(pattern) > MOST_REGEXES):
        raise invalid
    if _regexes(pattern) and sum(1 for other in _others(request) if _regexes(other)) >= MOST_WITH_REGEX:
        raise Rejection("LimitExceededException", "Resource limit exceeded.")


def _regexes(pattern: str) -> int:
    return len(re.findall(REGEX, re.sub(STRING, "", pattern)))


def _others(request: Request):
    """Patterns of the other filters of the log group."""
    logs, name, group = request.backend(), request["filterName"], request["logGroupName"]
    is_metric = request.operation == "PutMetricFilter"
    for one in logs.filters.metric_filters:
        if one["logGroupName"] == group and not (is_metric and one["filterName"] == name):
            yield one["filterPattern"] or ""
    for one in logs.groups[group].subscription_filters.values() if group in logs.groups else ():
        if is_metric or one.name != name:
            yield one.filter_pattern or ""


def _is_condition(text: str) -> bool:
    """True for tests that are joined by operators and grouped by parentheses."""
    # Each test becomes a NUL. What is left is reduced from the inside, one pair of parentheses or operands at a time.
    rest = re.sub(r"\s+", "", TEST.sub("\0", text))
    while (shorter := re.sub(r"\0(?:&&|\|\|)\0|\(\0\)", "\0", rest)) != rest:
        rest = shorter
    return rest == "\0"


def _fields(text: str) -> list[str]:
    """Splits at the commas outside of strings and regular expressions."""
    return re.findall(rf"(?:{STRING}|{REGEX}|[^,])+|(?<=,)(?=,|$)", text)


def _check_terms(pattern: str, invalid: Rejection) -> None:
    for term in re.findall(rf"[?-]?{STRING}|[?-]?{REGEX}|\S+", pattern):
        if not TERM.fullmatch(term):
            raise (
                invalid
                if '"' in term
                else Rejection("InvalidParameterException", f"Invalid character(s) in term '{term.lstrip('?-')}'")
            )
