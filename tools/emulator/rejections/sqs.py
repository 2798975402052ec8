"""SQS: queue names and attributes."""

import re

from .policies import parse_json
from .rejection import Rejection, rejects
from .request import Request

# Attribute and its range. Source: API reference of SetQueueAttributes.
RANGES = {
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
}
ATTRIBUTES = (
    *RANGES, "Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId", "SqsManagedSseEnabled", "FifoQueue",
    "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit",
)  # fmt: skip


@rejects("sqs", "CreateQueue", "SetQueueAttributes")
def attributes(request: Request) -> None:
    """Source: API reference of SetQueueAttributes, InvalidAttributeValue."""
    given = request["Attributes"] or {}
    for name in given:
        if name not in ATTRIBUTES:
            raise Rejection("InvalidAttributeName", f"Unknown Attribute {name}.")
    for name, (least, most) in RANGES.items():
        value = given.get(name)
        if value is not None and not (re.fullmatch(r"\d+", str(value)) and least <= int(value) <= most):
            raise Rejection("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
    if given.get("KmsMasterKeyId") and str(given.get("SqsManagedSseEnabled")).lower() == "true":
        raise Rejection(
            "InvalidAttributeName",
            "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
        )
    redrive = given.get("RedrivePolicy")
    if redrive:
        policy = parse_json(redrive)
        count = policy.get("maxReceiveCount") if isinstance(policy, dict) else None
        if not isinstance(policy, dict) or not policy.get("deadLetterTargetArn"):
            raise Rejection(
                "InvalidParameterValue",
                f"Value {redrive} for parameter RedrivePolicy is invalid. Reason: Redrive policy does not contain mandatory attribute: deadLetterTargetArn.",
            )
        if not _exists(request, policy["deadLetterTargetArn"]):
            raise Rejection(
                "InvalidParameterValue",
                f"Value {redrive} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.",
            )
        if count is None or not str(count).isdigit() or not 1 <= int(count) <= 1000:
            raise Rejection(
                "InvalidParameterValue",
                f"Value {redrive} for parameter RedrivePolicy is invalid. Reason: Invalid value for maxReceiveCount: {count}, valid values are from 1 to 1000 both inclusive.",
            )


def _exists(request: Request, arn: str) -> bool:
    return any(queue.queue_arn == arn for queue in request.backend().queues.values())


@rejects("sqs", "CreateQueue")
def queue_name(request: Request) -> None:
    """Source: API reference of CreateQueue."""
    name = request["QueueName"] or ""
    fifo = (request["Attributes"] or {}).get("FifoQueue") == "true"
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}" if not fifo else r"[A-Za-z0-9_-]{1,75}\.fifo", name):
        raise Rejection(
            "InvalidParameterValue",
            "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length."
            if fifo
            else "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
        )
