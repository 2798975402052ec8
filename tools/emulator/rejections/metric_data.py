"""CloudWatch: data of metrics."""

from datetime import datetime, timedelta, timezone

from .rejection import Rejection, rejects
from .request import Request

MOST_METRICS = 1_000
MOST_VALUES = 150
LARGEST = 2.0**360
PAST = timedelta(weeks=2)
AHEAD = timedelta(hours=2)
# Members of a datum of which one has its values.
VALUES = ("Value", "Values", "StatisticValues")
# Names of special numbers in messages.
SPECIAL = {"nan": "NaN", "inf": "∞", "-inf": "-∞"}


def _invalid(message: str) -> Rejection:
    return Rejection("InvalidParameterValue", message)


@rejects("cloudwatch", "PutMetricData")
def metric_data(request: Request) -> None:
    """Source: API reference of PutMetricData and MetricDatum. Eucalyptus and Netflix/servo quote the messages; those about a missing
    value, dimensions, and resolution are paraphrased.
    """
    if request["Namespace"].startswith("AWS/"):
        raise _invalid("The value AWS/ for parameter Namespace is invalid.")
    data = request["MetricData"] or []
    if not (data or request["EntityMetricData"]):
        raise Rejection("MissingParameter", "The parameter MetricData is required.")
    if len(data) > MOST_METRICS:
        raise _invalid(f"The collection MetricData must not have a size greater than {MOST_METRICS}.")
    for number, datum in enumerate(data, 1):
        _check_values(f"MetricData.member.{number}", datum)
        _check_dimensions(f"MetricData.member.{number}.Dimensions", datum.get("Dimensions") or [])
    _check_times(data)


def _check_values(path: str, datum: dict) -> None:
    if not any(datum.get(name) is not None for name in VALUES):
        raise Rejection("MissingParameter", f"One of {', '.join(f'{path}.{name}' for name in VALUES)} is required.")
    _check_numbers(f"{path}.Value", [] if datum.get("Value") is None else [datum["Value"]])
    for name in ("Values", "Counts"):
        numbers = datum.get(name) or []
        if len(numbers) > MOST_VALUES:
            raise _invalid(f"The collection {path}.{name} must not have a size greater than {MOST_VALUES}.")
        _check_numbers(f"{path}.{name}", numbers)
    statistics = datum.get("StatisticValues") or {}
    _check_numbers(f"{path}.StatisticValues", statistics.values())
    if statistics and float(statistics["Maximum"]) < float(statistics["Minimum"]):
        raise _invalid(
            f"The parameter {path}.StatisticValues.Maximum must be greater than {path}.StatisticValues.Minimum."
        )
    if datum.get("StorageResolution") not in (None, 1, 60):
        raise _invalid(f"The value {datum['StorageResolution']} for parameter {path}.StorageResolution must be 1 or 60.")


def _check_numbers(path: str, numbers) -> None:
    for number in numbers:
        # NaN is not within the bounds.
        if not -LARGEST <= float(number) <= LARGEST:
            raise _invalid(f"The value {SPECIAL.get(str(float(number)), number)} for parameter {path} is invalid.")


def _check_dimensions(path: str, dimensions: list[dict]) -> None:
    """Source: API reference of Dimension."""
    for number, dimension in enumerate(dimensions, 1):
        for key in ("Name", "Value"):
            text = dimension[key]
            if not (text.isascii() and text.isprintable() and text.strip()):
                raise _invalid(
                    f"The parameter {path}.member.{number}.{key} must contain only ASCII characters, and not only whitespace."
                )
        if dimension["Name"].startswith(":"):
            raise _invalid(f"The parameter {path}.member.{number}.Name must not start with a colon.")


def _check_times(data: list[dict]) -> None:
    """cloud-custodian/cloud-custodian #2559 and aws-robotics/cloudwatchmetrics-ros1 #46 quote the message about the past."""
    now = datetime.now(timezone.utc)
    errors = [
        f"The parameter MetricData.member.{number}.Timestamp must specify a time {error}."
        for number, datum in enumerate(data, 1)
        for error in _time_errors(datum.get("Timestamp"), now)
    ]
    if errors:
        raise _invalid("\n".join(errors))


def _time_errors(time: datetime | None, now: datetime):
    if time is not None:
        time = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
        if time < now - PAST:
            yield "within the past two weeks"
        if time > now + AHEAD:
            yield "no more than two hours in the future"
