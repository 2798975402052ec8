"""Application Auto Scaling: scalable targets, policies, and scheduled actions."""

import re
from datetime import datetime
from zoneinfo import available_timezones

from .events import is_schedule
from .rejection import Rejection, rejects
from .request import Request


def _key(request: Request) -> str:
    return (
        f"service namespace: {request['ServiceNamespace']}, resource ID: {request['ResourceId']}, "
        f"scalable dimension: {request['ScalableDimension']}"
    )


def _target(request: Request):
    targets = request.backend().targets.get(request["ScalableDimension"], {})
    return targets.get(request["ResourceId"])


@rejects("application-autoscaling", "RegisterScalableTarget")
def capacity(request: Request) -> None:
    """Source: API reference of RegisterScalableTarget, MinCapacity and MaxCapacity."""
    target = _target(request)
    least = request["MinCapacity"] if request["MinCapacity"] is not None else getattr(target, "min_capacity", None)
    most = request["MaxCapacity"] if request["MaxCapacity"] is not None else getattr(target, "max_capacity", None)
    if least is None or most is None:
        raise Rejection("ValidationException", "MinCapacity and MaxCapacity are required for a new scalable target")
    if int(most) < int(least):
        raise Rejection("ValidationException", "Maximum capacity cannot be less than minimum capacity")
    if int(least) < 0:
        raise Rejection("ValidationException", "Minimum capacity cannot be negative")


@rejects("application-autoscaling", "RegisterScalableTarget")
def existing_service(request: Request) -> None:
    """Source: API reference of RegisterScalableTarget, ResourceId and ValidationException."""
    resource = str(request["ResourceId"]).split("/")
    if request["ServiceNamespace"] != "ecs":
        return
    if len(resource) != 3 or resource[0] != "service":
        raise Rejection(
            "ValidationException",
            f"Unsupported service namespace, resource type or scalable dimension ({_key(request)})",
        )
    service = request.backend("ecs").services.get(f"{resource[1]}:{resource[2]}")
    if service is None or service.status == "INACTIVE":
        raise Rejection("ValidationException", f"ECS service doesn't exist: {request['ResourceId']}")


@rejects("application-autoscaling", "PutScalingPolicy", "PutScheduledAction", "DeregisterScalableTarget")
def registered_target(request: Request) -> None:
    """Source: API reference of PutScalingPolicy, PutScheduledAction, and DeregisterScalableTarget, ObjectNotFoundException."""
    if _target(request) is None:
        found = "found" if request.operation == "DeregisterScalableTarget" else "registered"
        raise Rejection("ObjectNotFoundException", f"No scalable target {found} for {_key(request)}")


@rejects("application-autoscaling", "DeleteScalingPolicy")
def existing_policy(request: Request) -> None:
    """Source: API reference of DeleteScalingPolicy, ObjectNotFoundException."""
    policies = request.backend().policies.values()
    if not any(
        policy.policy_name == request["PolicyName"] and policy.resource_id == request["ResourceId"]
        for policy in policies
    ):
        raise Rejection("ObjectNotFoundException", f"No scaling policy found for {_key(request)}")


@rejects("application-autoscaling", "DeleteScheduledAction")
def existing_action(request: Request) -> None:
    """Source: API reference of DeleteScheduledAction, ObjectNotFoundException; the message is paraphrased."""
    actions = request.backend().scheduled_actions
    wanted = (request["ScheduledActionName"], request["ResourceId"])
    if not any((action.scheduled_action_name, action.resource_id) == wanted for action in actions):
        raise Rejection("ObjectNotFoundException", f"No scheduled action found for {_key(request)}")


@rejects("application-autoscaling", "PutScheduledAction")
def scheduled_action(request: Request) -> None:
    """Source: API reference of PutScheduledAction and ScalableTargetAction; the messages are paraphrased."""
    schedule, zone, capacity = request["Schedule"], request["Timezone"], request["ScalableTargetAction"]
    if schedule is not None and not (is_schedule(schedule) or _is_time(schedule)):
        raise Rejection("ValidationException", f"Schedule {schedule} must be an at, rate, or cron expression")
    # None are known on a machine without a database of time zones.
    if zone and zone not in (available_timezones() or [zone]):
        raise Rejection("ValidationException", f"Timezone {zone} must be the name of a time zone, such as Etc/UTC")
    if capacity is not None:
        least, most = capacity.get("MinCapacity"), capacity.get("MaxCapacity")
        if least is None and most is None:
            raise Rejection("ValidationException", "MinCapacity or MaxCapacity must be specified in ScalableTargetAction")
        if least is not None and most is not None and int(most) < int(least):
            raise Rejection("ValidationException", "Maximum capacity cannot be less than minimum capacity")
    if request["StartTime"] and request["EndTime"] and request["EndTime"] <= request["StartTime"]:
        raise Rejection("ValidationException", "EndTime must be after StartTime")


def _is_time(schedule: str) -> bool:
    time = re.fullmatch(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)", schedule)
    try:
        return bool(time and datetime.fromisoformat(time[1]))
    except ValueError:
        return False


@rejects("application-autoscaling", "PutScalingPolicy")
def policy_configuration(request: Request) -> None:
    """Source: API reference of PutScalingPolicy, StepScalingPolicyConfiguration, and StepAdjustment."""
    kind = request["PolicyType"] or "StepScaling"
    tracking = request["TargetTrackingScalingPolicyConfiguration"]
    steps = request["StepScalingPolicyConfiguration"]
    if kind == "TargetTrackingScaling" and not tracking:
        raise Rejection("ValidationException", "TargetTrackingScalingPolicyConfiguration must be specified")
    if kind == "StepScaling" and not steps:
        raise Rejection("ValidationException", "StepScalingPolicyConfiguration must be specified")
    if tracking and bool(tracking.get("PredefinedMetricSpecification")) == bool(
        tracking.get("CustomizedMetricSpecification")
    ):
        raise Rejection(
            "ValidationException",
            "Either a CustomizedMetricSpecification or a PredefinedMetricSpecification must be provided",
        )
    if steps:
        _check_steps(steps.get("StepAdjustments") or [])
        _check_exact_capacity(steps)


# Metrics that target tracking knows for ECS services. Source: API reference of PredefinedMetricSpecification.
PREDEFINED = ("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget")
LABEL = re.compile(r"app/[A-Za-z0-9-]+/[0-9a-f]+/targetgroup/[A-Za-z0-9-]+/[0-9a-f]+")


@rejects("application-autoscaling", "PutScalingPolicy")
def predefined_metric(request: Request) -> None:
    """Source: as above, ResourceLabel; API reference of TargetTrackingScalingPolicyConfiguration, TargetValue. The messages are
    paraphrased.
    """
    tracking = request["TargetTrackingScalingPolicyConfiguration"] or {}
    metric = tracking.get("PredefinedMetricSpecification")
    if tracking and not float(tracking.get("TargetValue") or 0) > 0:
        raise Rejection("ValidationException", f"TargetValue {tracking.get('TargetValue')} must be greater than 0")
    if not metric:
        return
    kind, label = metric.get("PredefinedMetricType"), metric.get("ResourceLabel")
    if request["ServiceNamespace"] == "ecs" and kind not in PREDEFINED:
        raise Rejection("ValidationException", f"Predefined metric type {kind} is not valid for the service namespace ecs")
    if kind == "ALBRequestCountPerTarget" and not LABEL.fullmatch(label or ""):
        raise Rejection(
            "ValidationException",
            "ResourceLabel must be app/load-balancer-name/load-balancer-id/targetgroup/target-group-name/target-group-id for "
            f"ALBRequestCountPerTarget, but was: {label}",
        )
    if kind != "ALBRequestCountPerTarget" and label:
        raise Rejection("ValidationException", f"ResourceLabel must not be specified for {kind}")


@rejects("application-autoscaling", "PutScalingPolicy")
def second_tracking_of_metric(request: Request) -> None:
    """Source: API reference of PutScalingPolicy; public reports quote the message."""
    wanted = _tracked(request["TargetTrackingScalingPolicyConfiguration"])
    for policy in request.backend().policies.values():
        same_target = (policy.resource_id, policy.scalable_dimension) == (
            request["ResourceId"],
            request["ScalableDimension"],
        )
        if same_target and policy.policy_name != request["PolicyName"]:
            if wanted and wanted == _tracked(policy.target_tracking_scaling_policy_configuration):
                raise Rejection(
                    "ValidationException",
                    "Only one TargetTrackingScaling policy for a given metric specification is allowed.",
                )


def _tracked(configuration: dict | None) -> dict:
    names = ("PredefinedMetricSpecification", "CustomizedMetricSpecification")
    return {name: configuration[name] for name in names if (configuration or {}).get(name)}


# Source: Application Auto Scaling user guide, "Quotas".
MOST_STEPS = 20


def _check_exact_capacity(configuration: dict) -> None:
    """Source: API reference of StepAdjustment, ScalingAdjustment; the message is paraphrased."""
    changes = [int(step.get("ScalingAdjustment") or 0) for step in configuration.get("StepAdjustments") or []]
    if configuration.get("AdjustmentType") == "ExactCapacity" and min(changes) < 0:
        raise Rejection("ValidationException", "ScalingAdjustment must not be negative for ExactCapacity")


def _check_steps(steps: list[dict]) -> None:
    if not steps:
        raise Rejection("ValidationException", "At least one step adjustment must be specified")
    if len(steps) > MOST_STEPS:
        raise Rejection("LimitExceededException", f"A step scaling policy can only have {MOST_STEPS} step adjustments")
    infinite = float("inf")
    bounds = sorted(
        (
            float(step["MetricIntervalLowerBound"]) if step.get("MetricIntervalLowerBound") is not None else -infinite,
            float(step["MetricIntervalUpperBound"]) if step.get("MetricIntervalUpperBound") is not None else infinite,
        )
        for step in steps
    )
    for low, high in bounds:
        if low == -infinite and high == infinite and len(steps) > 1:
            raise Rejection("ValidationException", "Step adjustment intervals can't overlap")
        if high <= low:
            raise Rejection(
                "ValidationException", "The lower bound of a step adjustment must be less than its upper bound"
            )
    for (_, high), (low, _) in zip(bounds, bounds[1:]):
        if low < high:
            raise Rejection("ValidationException", "Step adjustment intervals can't overlap")
        if low > high:
            raise Rejection("ValidationException", "There can't be a gap between step adjustment intervals")
