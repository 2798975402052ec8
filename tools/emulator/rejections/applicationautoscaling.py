"""Application Auto Scaling: scalable targets and policies."""

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


@rejects("application-autoscaling", "PutScalingPolicy", "DeregisterScalableTarget")
def registered_target(request: Request) -> None:
    """Source: API reference of PutScalingPolicy and DeregisterScalableTarget, ObjectNotFoundException."""
    if _target(request) is None:
        found = "registered" if request.operation == "PutScalingPolicy" else "found"
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


def _check_steps(steps: list[dict]) -> None:
    if not steps:
        raise Rejection("ValidationException", "At least one step adjustment must be specified")
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
