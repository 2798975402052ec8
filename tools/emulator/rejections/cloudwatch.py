"""CloudWatch: metric alarms, metric math, and composite alarms."""

import json
import re

from .metric_math import InvalidExpression, check_expression
from .policies import parse_json
from .rejection import Rejection, rejects
from .request import Request

STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
# Source: CloudWatch user guide, "CloudWatch statistics definitions".
PERCENT = r"(?:100(?:\.0{0,10})?|\d{1,2}(?:\.\d{0,10})?)"
VALUE = r"\d+(?:\.\d+)?"
# Bounds in values or in percent, of which one may be missing.
RANGE = rf"(?:{VALUE}:(?:{VALUE})?|:{VALUE})"
PERCENT_RANGE = rf"(?:{PERCENT}%:(?:{PERCENT}%)?|:{PERCENT}%)"
EXTENDED_STATISTIC = re.compile(
    rf"(?:p|tm|tc|ts|wm){PERCENT}|(?:TC|TM|TS|WM)\((?:{RANGE}|{PERCENT_RANGE})\)|PR\({RANGE}\)|IQM"
)
# Parameters of an alarm on one metric.
OF_ONE_METRIC = ("MetricName", "Namespace", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")
# Maximum number of metrics in an alarm's math expression. Source: CloudWatch user guide, "CloudWatch service quotas".
MOST_METRICS = 10
# Comparisons with the band of an anomaly detection model. Source: API reference of PutMetricAlarm, ComparisonOperator.
WITH_BAND = ("LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold")
# Longest evaluation range in seconds: one day, or seven with a period of an hour or more. Source: API reference of
# PutMetricAlarm, EvaluationPeriods.
DAY = 86_400
LONG_PERIOD = 3_600


def _invalid(message: str) -> Rejection:
    return Rejection("ValidationError", message)


@rejects("cloudwatch", "PutMetricAlarm")
def metric_alarm(request: Request) -> None:
    """Source: API reference of PutMetricAlarm."""
    _check_actions(request)
    periods = int(request["EvaluationPeriods"])
    points = request["DatapointsToAlarm"]
    if points is not None and int(points) > periods:
        raise _invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
    if request["Metrics"]:
        for name in OF_ONE_METRIC:
            if request[name]:
                # Quoted in aws-cloudformation/cfn-lint #766 and #1306.
                raise _invalid(f"{name} should not be set if list of Metrics is set.")
        _check_metrics(request["Metrics"], request["ThresholdMetricId"])
    else:
        for name in ("MetricName", "Namespace"):
            if not request[name]:
                raise Rejection("MissingParameter", f"The parameter {name} is required.")
        if bool(request["Statistic"]) == bool(request["ExtendedStatistic"]):
            raise Rejection(
                "InvalidParameterCombination" if request["Statistic"] else "MissingParameter",
                "Exactly one of Statistic or ExtendedStatistic must be specified",
            )
        _check_statistic(request["ExtendedStatistic"])
        _check_period(request["Period"])
    _check_range(request, periods)
    if request["Threshold"] is not None and request["ThresholdMetricId"]:
        # Quoted in aws-cloudformation/cfn-lint #1306.
        raise _invalid("Threshold and ThresholdMetricId cannot both be set")
    if request["Threshold"] is None and not request["ThresholdMetricId"]:
        raise Rejection("MissingParameter", "The parameter Threshold is required.")
    if (request["ComparisonOperator"] in WITH_BAND) != bool(request["ThresholdMetricId"]):
        # Paraphrased.
        raise _invalid(f"ComparisonOperator must {'' if request['ThresholdMetricId'] else 'not '}be one of {', '.join(WITH_BAND)}")
    _check_missing_data(request["TreatMissingData"])


@rejects("cloudwatch", "PutMetricAlarm", "PutCompositeAlarm")
def alarm_name(request: Request) -> None:
    """Source: API reference of PutMetricAlarm and PutCompositeAlarm, AlarmName; the message is paraphrased."""
    if re.search(r"[\x00-\x1f\x7f]", request["AlarmName"]):
        raise _invalid("AlarmName must not contain ASCII control characters")


def _check_actions(request: Request) -> None:
    for kind in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        for arn in request[kind] or []:
            if not re.match(r"arn:aws[a-z-]*:", arn):
                raise _invalid(f"Invalid arn syntax: {arn}")
            region = arn.split(":")[3]
            if arn.startswith("arn:aws:sns:") and region != request.region:
                # Public reports quote it.
                raise _invalid(f"Invalid region {region} specified. Only {request.region} is supported.")


def _check_missing_data(value: str | None) -> None:
    if value not in (None, "breaching", "notBreaching", "ignore", "missing"):
        raise _invalid(
            f"TreatMissingData value must be one of breaching, notBreaching, ignore, missing, but was: {value}"
        )


def _check_statistic(statistic: str | None) -> None:
    if statistic and not EXTENDED_STATISTIC.fullmatch(statistic):
        raise _invalid(f"The value {statistic} for parameter ExtendedStatistic is not supported.")


def _check_period(period) -> None:
    if period is None:
        raise Rejection("MissingParameter", "The parameter Period is required.")
    if int(period) not in (10, 20, 30) and (int(period) < 60 or int(period) % 60):
        raise _invalid("Period must be 10, 20, 30, or a multiple of 60")


def _check_range(request: Request, periods: int) -> None:
    given = [request["Period"], *((one.get("MetricStat") or {}).get("Period") for one in request["Metrics"] or [])]
    period = max((int(one) for one in given if one), default=60)
    days = 7 if period >= LONG_PERIOD else 1
    if periods * period > days * DAY:
        raise _invalid(
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)."
        )


def _check_metrics(metrics: list[dict], threshold: str | None) -> None:
    ids = [metric.get("Id") or "" for metric in metrics]
    for name in ids:
        if not re.fullmatch(r"[a-z][A-Za-z0-9_]*", name):
            raise _invalid(
                f"The value {name} for parameter MetricDataQuery.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$."
            )
        if ids.count(name) > 1:
            raise _invalid(
                f"The value {name} for parameter Id is duplicated. Ids within a list of metrics must be unique."
            )
    # The band of an anomaly detection alarm returns data, too. Source: API reference of PutMetricAlarm, ThresholdMetricId.
    returned = [metric for metric in metrics if metric.get("ReturnData", True) and metric["Id"] != threshold]
    if len(returned) != 1:
        raise _invalid("Exactly one element of the metrics list should return data.")
    if sum(1 for metric in metrics if metric.get("MetricStat")) > MOST_METRICS:
        raise _invalid("Alarms on math expressions cannot contain more than 10 individual metrics")
    periods = {int(one["MetricStat"]["Period"]) for one in metrics if (one.get("MetricStat") or {}).get("Period")}
    if len(periods) > 1:
        # Source: CloudWatch user guide, "Alarms on math expressions"; the message is paraphrased.
        raise _invalid(f"All metrics of an alarm must have the same Period, but were: {', '.join(map(str, sorted(periods)))}")
    bands = [one["Id"] for one in metrics if "ANOMALY_DETECTION_BAND" in (one.get("Expression") or "")]
    if threshold and threshold not in bands:
        # Paraphrased.
        raise _invalid(f"ThresholdMetricId {threshold} must be the Id of an ANOMALY_DETECTION_BAND expression")
    for metric in metrics:
        if metric.get("Expression") and metric.get("MetricStat"):
            # Quoted in boto/boto3 #3856.
            raise _invalid(
                "The parameters MetricDataQuery Expression and MetricStat are mutually exclusive and you have specified both."
            )
        if not (metric.get("Expression") or metric.get("MetricStat")):
            raise _invalid("Invalid metrics list")
        if metric.get("Expression"):
            is_list = _check_expression(metric["Expression"], ids)
            if is_list and metric in returned:
                # Source: CloudWatch user guide, "Use search expressions in graphs": an alarm can watch only one time series. The
                # message is paraphrased.
                raise _invalid(f"The expression of {metric['Id']} must return a single time series")
        else:
            _check_period(metric["MetricStat"].get("Period"))
            statistic = metric["MetricStat"].get("Stat") or ""
            if statistic not in STATISTICS and not EXTENDED_STATISTIC.fullmatch(statistic):
                # Quoted in hashicorp/terraform-provider-aws #19567.
                raise _invalid("Invalid metrics list")


def _check_expression(expression: str, ids: list[str]) -> bool:
    """True for a list of time series. Source: CloudWatch user guide, "Using metric math"; RoboFinSystems/robosystems #1131 for
    SEARCH.
    """
    if re.match(r"\s*SELECT\s", expression):
        return False  # a Metrics Insights query
    if re.search(r"\bSEARCH\s*\(", expression):
        raise _invalid("SEARCH is not supported on Metric Alarms")
    try:
        return check_expression(expression, ids)
    except InvalidExpression as error:
        raise _invalid(f"Error in expression '{expression.strip()[:80]}': {error}") from None


@rejects("cloudwatch", "PutCompositeAlarm")
def composite_alarm(request: Request) -> None:
    """Source: API reference of PutCompositeAlarm, AlarmRule."""
    _check_actions(request)
    rule = request["AlarmRule"]
    names = [_plain(name) for name in _alarms_of(rule)]
    alarms = {alarm.name: alarm for alarm in request.backend().alarms.values()}
    missing = [name for name in names if name not in alarms]
    if missing:
        raise _invalid(
            f"Could not save the composite alarm as alarms [{', '.join(missing)}] in the alarm rule do not exist"
        )
    if request["AlarmName"] in _reachable(names, alarms):
        raise _invalid("Could not save the composite alarm because the alarm rule would create a cycle")


def _reachable(names: list[str], alarms: dict) -> set[str]:
    """Names of alarms, and of those in their rules, at any depth."""
    found, open_names = set(), [*names]
    while open_names:
        name = open_names.pop()
        rule = alarms[name].rule if name in alarms and name not in found else None
        found.add(name)
        open_names += map(_plain, _alarms_of(rule)) if rule else ()
    return found


@rejects("cloudwatch", "PutCompositeAlarm")
def suppressor(request: Request) -> None:
    """Source: API reference of PutCompositeAlarm, ActionsSuppressor and the two periods; the messages are paraphrased."""
    periods = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
    missing = [name for name in periods if request[name] is None]
    if request["ActionsSuppressor"] and missing:
        raise Rejection("MissingParameter", f"The parameter {missing[0]} is required with ActionsSuppressor.")
    given = [name for name in periods if request[name] is not None]
    if given and not request["ActionsSuppressor"]:
        raise Rejection("MissingParameter", f"The parameter ActionsSuppressor is required with {given[0]}.")


def _plain(name: str) -> str:
    return name.split(":alarm:")[-1]


# Source: CloudWatch user guide, "Composite alarms", with the characters of a name without quotes.
NAME = r'"(?:[^"\\]|\\.)*"|[^\s()",]+'
STATE = "(?:ALARM|OK|INSUFFICIENT_DATA)"
TOKEN = re.compile(
    rf"""\s*(?:
      (?P<word>(?:AND|OR|NOT|TRUE|FALSE)(?![\w-])|\(|\))
      |{STATE}\s*\(\s*(?P<name>{NAME})\s*\)
      |AT_LEAST\s*\(\s*(?P<least>\d+%?)\s*,\s*(?:NOT\s+)?{STATE}\s*,\s*\(\s*(?P<names>(?:{NAME})(?:\s*,\s*(?:{NAME}))*)\s*\)\s*\)
    )""",
    re.VERBOSE,
)


def _alarms_of(rule: str) -> list[str]:
    """Parses an alarm rule and returns the names of its alarms."""
    names, depth, operand_expected, position = [], 0, True, 0
    text = rule.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        token = match and (match["word"] or "state")
        good = token and (
            (operand_expected and token in ("NOT", "(", "TRUE", "FALSE", "state"))
            or (not operand_expected and (token in ("AND", "OR") or (token == ")" and depth > 0)))
        )
        if not good:
            raise _unsupported(rule, position)
        depth += {"(": 1, ")": -1}.get(token, 0)
        operand_expected = token in ("AND", "OR", "NOT", "(")
        if token == "state":
            found = re.findall(NAME, match["name"] or match["names"])
            if match["least"]:
                _check_least(rule, position, match["least"], len(found))
            names += (name.strip('"') for name in found)
        position = match.end()
    if operand_expected or depth:
        raise _unsupported(rule, len(text))
    return names


def _check_least(rule: str, position: int, least: str, count: int) -> None:
    """Source: CloudWatch user guide, "Composite alarms": from 1 to the number of alarms, or from 1% to 100%."""
    if not 1 <= int(least.rstrip("%")) <= (100 if least.endswith("%") else count):
        raise _unsupported(rule, position)


def _unsupported(rule: str, position: int) -> Rejection:
    return _invalid(f"Error in AlarmRule: Syntax error at position {position} in '{rule}'")


@rejects("cloudwatch", "DeleteAlarms")
def alarm_in_use(request: Request) -> None:
    """Source: API reference of DeleteAlarms: a composite alarm must go before, or with, the alarms in its rule."""
    deleted = set(request["AlarmNames"] or [])
    for alarm in request.backend().alarms.values():
        used = {_plain(name) for name in _alarms_of(alarm.rule)} if alarm.rule and alarm.name not in deleted else set()
        for name in sorted(used & deleted):
            raise _invalid(f"Cannot delete {name} as there are composite alarm(s) depending on it.")


# Source: CloudWatch API reference, "Dashboard body structure and syntax".
WIDGETS = ("metric", "text", "log", "alarm", "explorer", "custom")
SIZES = {"width": 24, "height": 1000}


@rejects("cloudwatch", "PutDashboard")
def dashboard(request: Request) -> None:
    """Source: as above; public reports quote the messages, which name each place. Those about sizes and types are worded like
    the others.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]+", request["DashboardName"] or ""):
        raise Rejection(
            "InvalidParameterValue",
            "The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and "
            "underscore (_).",
        )
    body = parse_json(request["DashboardBody"])
    if not isinstance(body, dict) or not isinstance(body.get("widgets"), list):
        raise Rejection("InvalidParameterInput", "The field DashboardBody must be a valid JSON object")
    errors = [error for index, widget in enumerate(body["widgets"]) for error in _errors(f"/widgets/{index}", widget)]
    if errors:
        found = json.dumps([{"dataPath": path, "message": message} for path, message in errors], indent=2)
        raise Rejection(
            "InvalidParameterInput", f"The dashboard body is invalid, there are {len(errors)} validation errors:\n{found}"
        )


def _errors(path: str, widget: dict):
    if widget.get("type") not in WIDGETS:
        yield f"{path}/type", "Should be equal to one of the allowed values"
    for name, most in SIZES.items():
        if isinstance(widget.get(name), (int, float)) and widget[name] > most:
            yield f"{path}/{name}", f"Should be <= {most}"
    metrics = (widget.get("properties") or {}).get("metrics") or []
    for index, metric in enumerate(metrics if widget.get("type") == "metric" else []):
        for position, item in enumerate(metric):
            is_options = position == len(metric) - 1 and isinstance(item, dict)
            if not isinstance(item, str) and not is_options:
                place = f"{path}/properties/metrics/{index}/{position}"
                yield place, 'Invalid metric field type, only "String" type is allowed'
