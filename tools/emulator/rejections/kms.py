"""KMS: deletion of keys. The rules for key policies are in policies.py."""

from .rejection import Rejection, rejects
from .request import Request

# Days. Source: API reference of ScheduleKeyDeletion, PendingWindowInDays, a limit that the model in botocore lacks.
LEAST_DAYS = 7


@rejects("kms", "ScheduleKeyDeletion")
def waiting_period(request: Request) -> None:
    """Source: as above."""
    days = request["PendingWindowInDays"]
    if days is not None and int(days) < LEAST_DAYS:
        raise Rejection(
            "ValidationException",
            f"1 validation error detected: Value '{days}' at 'pendingWindowInDays' failed to satisfy constraint: Member must "
            f"have value greater than or equal to {LEAST_DAYS}",
        )
