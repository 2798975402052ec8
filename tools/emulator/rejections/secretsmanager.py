"""Secrets Manager: names of secrets."""

import re

from .rejection import Rejection, rejects
from .request import Request


@rejects("secretsmanager", "CreateSecret")
def secret_name(request: Request) -> None:
    """Source: API reference of CreateSecret, Name. LocalStack's tests, which run against AWS, have the message and the mark !."""
    if not re.fullmatch(r"[A-Za-z0-9/_+=.@!-]+", request["Name"]):
        raise Rejection(
            "ValidationException",
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
        )
