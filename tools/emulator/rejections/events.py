"""EventBridge: rules, schedules, and event patterns."""

import re

from .policies import parse_json
from .rejection import Rejection, rejects
from .request import Request


@rejects("events", "PutRule")
def rule(request: Request) -> None:
    """Source: API reference of PutRule; EventBridge user guide, "Schedule types"."""
    schedule, pattern = request["ScheduleExpression"], request["EventPattern"]
    if not schedule and not pattern:
        raise Rejection("ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.")
    if schedule and not is_schedule(schedule):
        raise Rejection("ValidationException", "Parameter ScheduleExpression is not valid.")
    if pattern:
        _check_pattern(pattern)


def is_schedule(text: str) -> bool:
    """True for rate(1 minute), rate(5 minutes), and a cron expression of six fields."""
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)(s?)\)", text)
    if rate:
        return int(rate[1]) > 0 and (rate[3] == "s") == (int(rate[1]) != 1)
    cron = re.fullmatch(r"cron\((.+)\)", text)
    if not cron:
        return False
    fields = cron[1].split(" ")
    if len(fields) != 6:
        return False
    patterns = (
        (0, 59, ""), (0, 23, ""), (1, 31, "LW"), (1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"),
        (1, 7, "SUNMONTUEWEDTHUFRISATL"), (1970, 2199, ""),
    )  # fmt: skip
    # Either day-of-month or day-of-week must be a question mark. Source: EventBridge user guide, "Cron expressions".
    return (fields[2] == "?") != (fields[4] == "?") and all(
        _is_field(field, *limits) for field, limits in zip(fields, patterns)
    )


def _is_field(field: str, least: int, most: int, letters: str) -> bool:
    for part in field.split(","):
        if part in ("*", "?"):
            continue
        if not re.fullmatch(r"(\*|[\w#]+)(-\w+)?(/\d+)?", part):
            return False
        for number in re.findall(r"(?<![A-Z#\d])\d+(?![A-Z#])", part.split("/")[0]):
            if not least <= int(number) <= most:
                return False
        if not letters and re.search(r"[A-Za-z]", part):
            return False
    return True


def _check_pattern(text: str) -> None:
    pattern = parse_json(text)
    if not isinstance(pattern, dict) or not pattern:
        raise _invalid_pattern("Event pattern must be a JSON object")
    _check_fields(pattern)


def _check_fields(pattern: dict) -> None:
    for name, value in pattern.items():
        if name == "$or":
            continue
        if isinstance(value, dict):
            _check_fields(value)
        elif not isinstance(value, list):
            raise _invalid_pattern(f'"{name}" must be an object or an array')
        elif not value:
            raise _invalid_pattern("Empty arrays are not allowed")
        else:
            for match in (one for one in value if isinstance(one, dict)):
                unknown = [operator for operator in match if operator not in MATCHES]
                if unknown:
                    raise _invalid_pattern(f"Unrecognized match type {unknown[0]}")
                _check_operands(match)


def _check_operands(match: dict) -> None:
    """Source: ByteMachine rules of aws/event-ruler, JsonRuleCompiler, which has the words."""
    if not isinstance(match.get("exists", True), bool):
        raise _invalid_pattern("exists match pattern must be either true or false.")
    numeric = match.get("numeric", ["=", 0])
    if not isinstance(numeric, list) or not numeric:
        raise _invalid_pattern("Value of numeric must be an array.")
    for operator, value in zip(numeric[::2], [*numeric[1::2], None]):
        if operator not in ("=", "<", "<=", ">", ">="):
            raise _invalid_pattern(f"Unrecognized numeric range operator: {operator}")
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _invalid_pattern(f"Value of {'equals' if operator == '=' else operator} must be numeric")


# Source: EventBridge user guide, "Comparison operators for use in event patterns".
MATCHES = ("prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "exists", "cidr", "wildcard")


def _invalid_pattern(reason: str) -> Rejection:
    """The words are those of aws/event-ruler, the library that EventBridge parses patterns with."""
    return Rejection("InvalidEventPatternException", f"Event pattern is not valid. Reason: {reason}")


@rejects("events", "PutTargets")
def targets(request: Request) -> None:
    """Source: API reference of PutTargets: five targets per rule, an ARN each, unique IDs."""
    for target in request["Targets"] or []:
        if not re.match(r"arn:aws[a-z-]*:", target.get("Arn") or ""):
            raise Rejection(
                "ValidationException",
                f"Parameter {target.get('Arn')} is not valid. Reason: Provided Arn is not in correct format.",
            )
        given = [name for name in ("Input", "InputPath", "InputTransformer") if target.get(name)]
        if len(given) > 1:
            raise Rejection(
                "ValidationException",
                f"Only one of Input, InputPath, or InputTransformer must be provided for target {target.get('Id')}.",
            )


@rejects("events", "DeleteRule")
def rule_with_targets(request: Request) -> None:
    """Source: API reference of DeleteRule: "you must first remove all targets"."""
    bus = request.backend().event_buses.get(request["EventBusName"] or "default")
    found = bus and bus.rules.get(request["Name"])
    if found and found.targets:
        raise Rejection("ValidationException", "Rule can't be deleted since it has targets.")


# Targets of a rule. Source: EventBridge user guide, "Amazon EventBridge quotas".
MOST_TARGETS = 5


@rejects("events", "PutTargets")
def number_of_targets(request: Request) -> None:
    """Source: API reference of PutTargets, LimitExceededException."""
    bus = request.backend().event_buses.get(request["EventBusName"] or "default")
    rule = bus and bus.rules.get(request["Rule"])
    ids = {target["Id"] for target in (rule.targets if rule else [])} | {target.get("Id") for target in request["Targets"]}
    if len(ids) > MOST_TARGETS:
        raise Rejection("LimitExceededException", "The requested resource exceeds the maximum number allowed.")


@rejects("events", "PutTargets")
def target_without_role(request: Request) -> None:
    """A pipeline has no policy of its own, so a target needs a role. Source: awsdocs/aws-codepipeline-user-guide #18."""
    for target in request["Targets"] or []:
        arn = target.get("Arn") or ""
        if arn.startswith("arn:aws:codepipeline:") and not target.get("RoleArn"):
            raise Rejection("ValidationException", f"RoleArn is required for target {arn}.")
