"""SNS: subscriptions. The rules for topic policies are in policies.py."""

import re

from .policies import parse_json
from .rejection import Rejection, rejects
from .request import Request

# Source: API reference of Subscribe, Protocol.
PROTOCOLS = ("http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose")


@rejects("sns", "Subscribe")
def subscription(request: Request) -> None:
    """Source: API reference of Subscribe, InvalidParameter. LocalStack has the message about protocols."""
    protocol, endpoint = request["Protocol"], request["Endpoint"] or ""
    if protocol not in PROTOCOLS:
        message = f"Invalid parameter: Amazon SNS does not support this protocol string: {protocol}"
        raise Rejection("InvalidParameter", message)
    if protocol.startswith("email") and not re.fullmatch(r"[^@\s]+@[^@\s]+", endpoint):
        raise Rejection("InvalidParameter", "Invalid parameter: Email address")
    if protocol in ("http", "https") and not endpoint.startswith(f"{protocol}://"):
        raise Rejection("InvalidParameter", "Invalid parameter: Endpoint must match the specified protocol")
    if protocol == "lambda" and not endpoint.startswith("arn:aws:lambda:"):
        raise Rejection("InvalidParameter", "Invalid parameter: Lambda endpoint ARN")
    _check_filter((request["Attributes"] or {}).get("FilterPolicy"))
    if protocol == "email" and str((request["Attributes"] or {}).get("RawMessageDelivery")).lower() == "true":
        raise _raw_delivery(protocol)


def _check_filter(policy: str | None) -> None:
    content = parse_json(policy) if policy else {}
    if content is None:
        raise Rejection("InvalidParameter", "Invalid parameter: FilterPolicy: failed to parse JSON.")
    if not isinstance(content, dict):
        raise Rejection("InvalidParameter", "Invalid parameter: FilterPolicy: Filter is not an object")


# Source: API reference of SetTopicAttributes.
TOPIC_ATTRIBUTE = re.compile(
    r"DeliveryPolicy|DisplayName|Policy|TracingConfig|KmsMasterKeyId|SignatureVersion|ArchivePolicy|ContentBasedDeduplication|"
    r"FifoTopic|FifoThroughputScope|DataProtectionPolicy|"
    r"(HTTP|Firehose|Lambda|Application|SQS)(Success|Failure)Feedback(RoleArn|SampleRate)"
)


@rejects("sns", "SetTopicAttributes")
def topic_attribute(request: Request) -> None:
    """Source: API reference of SetTopicAttributes, AttributeName; public reports quote the message."""
    if not TOPIC_ATTRIBUTE.fullmatch(request["AttributeName"] or ""):
        raise Rejection("InvalidParameter", "Invalid parameter: AttributeName")


@rejects("sns", "SetSubscriptionAttributes")
def raw_delivery(request: Request) -> None:
    """Source: SNS developer guide, "Amazon SNS raw message delivery": queues, streams, and HTTP; public reports quote the message."""
    found = request.backend().subscriptions.get(request["SubscriptionArn"])
    if request["AttributeName"] == "FilterPolicy":
        _check_filter(request["AttributeValue"])
    wanted = request["AttributeName"] == "RawMessageDelivery" and str(request["AttributeValue"]).lower() == "true"
    if found is not None and wanted and found.protocol in ("email", "email-json", "sms", "lambda", "application"):
        raise _raw_delivery(found.protocol)


def _raw_delivery(protocol: str) -> Rejection:
    return Rejection(
        "InvalidParameter",
        f"Invalid parameter: Attributes Reason: Delivery protocol [{protocol}] does not support raw message delivery.",
    )


@rejects("sns", "CreateTopic")
def topic_name(request: Request) -> None:
    """Source: API reference of CreateTopic, Name; public reports quote the message."""
    name = request["Name"] or ""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo", name):
        raise Rejection("InvalidParameter", "Invalid parameter: Topic Name")


@rejects("sns", "CreateTopic")
def taken_topic(request: Request) -> None:
    """Source: API reference of CreateTopic, which returns an existing topic; public reports quote the message."""
    backend = request.backend()
    arn = request.arn("sns", request["Name"] or "")
    tags = {tag["Key"]: tag["Value"] for tag in request["Tags"] or []}
    if arn in backend.topics and tags and tags != backend.topics[arn]._tags:
        raise Rejection(
            "InvalidParameter", "Invalid parameter: Tags Reason: Topic already exists with different tags"
        )
