"""DynamoDB: tables, where moto has other words than AWS. Public reports quote AWS's."""

import re

from .rejection import Rejection, rejects
from .request import Request


@rejects("dynamodb", "DeleteTable")
def deletion_protection(request: Request) -> None:
    """Source: API reference of DeleteTable; DynamoDB developer guide, "Using deletion protection"."""
    table = request.backend().tables.get(request["TableName"])
    if table is not None and table.deletion_protection_enabled:
        raise Rejection(
            "ValidationException",
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
        )


@rejects("dynamodb", "CreateTable", "UpdateTable")
def capacity_on_demand(request: Request) -> None:
    """Source: API reference of CreateTable, ProvisionedThroughput."""
    if request["BillingMode"] == "PAY_PER_REQUEST" and request["ProvisionedThroughput"]:
        raise Rejection(
            "ValidationException",
            "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
            "BillingMode is PAY_PER_REQUEST",
        )


@rejects("dynamodb", "CreateTable")
def name_and_key(request: Request) -> None:
    """Source: DynamoDB developer guide, "Supported data types and naming rules"; API reference of KeySchemaElement."""
    name, keys = request["TableName"] or "", request["KeySchema"] or []
    if not 3 <= len(name) <= 255:
        raise Rejection(
            "ValidationException", "TableName must be at least 3 characters long and at most 255 characters long"
        )
    if not re.fullmatch(r"[\w.-]+", name, re.ASCII):
        raise Rejection(
            "ValidationException",
            f"1 validation error detected: Value '{name}' at 'tableName' failed to satisfy constraint: Member must satisfy "
            "regular expression pattern: [a-zA-Z0-9_.-]+",
        )
    if keys and keys[0].get("KeyType") != "HASH":
        raise Rejection(
            "ValidationException", "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"
        )


@rejects("dynamodb", "CreateTable")
def indexes(request: Request) -> None:
    """Source: API reference of Projection, NonKeyAttributes."""
    for index in [*(request["GlobalSecondaryIndexes"] or []), *(request["LocalSecondaryIndexes"] or [])]:
        projection = index.get("Projection") or {}
        kind, included = projection.get("ProjectionType"), bool(projection.get("NonKeyAttributes"))
        if (kind == "INCLUDE") != included:
            raise Rejection(
                "ValidationException",
                f"One or more parameter values were invalid: ProjectionType is {kind}, but NonKeyAttributes is "
                f"{'' if included else 'not '}specified",
            )


@rejects("dynamodb", "CreateTable", "UpdateTable")
def stream(request: Request) -> None:
    """Source: API reference of StreamSpecification, StreamViewType; the message is paraphrased."""
    given = request["StreamSpecification"] or {}
    enabled = str(given.get("StreamEnabled")).lower() == "true"
    if given and enabled != bool(given.get("StreamViewType")):
        raise Rejection(
            "ValidationException",
            "One or more parameter values were invalid: StreamViewType must be specified "
            f"{'when StreamEnabled is true' if enabled else 'only when StreamEnabled is true'}",
        )


@rejects("dynamodb", "UpdateTimeToLive")
def time_to_live(request: Request) -> None:
    """Source: API reference of UpdateTimeToLive."""
    table = request.backend().tables.get(request["TableName"])
    wanted = bool((request["TimeToLiveSpecification"] or {}).get("Enabled"))
    if table is None:
        return
    enabled = (table.ttl or {}).get("TimeToLiveStatus") == "ENABLED"
    if wanted == enabled:
        raise Rejection("ValidationException", f"TimeToLive is already {'enabled' if enabled else 'disabled'}")
