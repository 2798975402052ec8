"""DynamoDB: tables, where moto has other words than AWS. Public reports quote AWS's."""

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
