"""SNS: subscriptions. The rules for topic policies are in policies.py."""

import re

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
