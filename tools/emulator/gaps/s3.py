import re

from moto.iam.access_control import IAMPolicyStatement, PermissionResult
from moto.s3.models import FakeDeleteMarker, S3Backend
from moto.s3.responses import S3Response

from .patch import around, missing_from


@missing_from(FakeDeleteMarker)
def dispose(self, garbage: bool = False) -> None:
    """With suspended versioning, moto calls this on all versions it deletes, but delete markers do not have it.

    Terraform suspends versioning before it empties a bucket (`force_destroy`), gets a 500, and the bucket remains.
    """


@around(IAMPolicyStatement, "is_action_permitted")
def ignore_conditional_statements(original, self, *args, **kwargs):
    """moto evaluates only string conditions and treats all others as met.

    The usual "deny unless aws:SecureTransport" then blocks all access to the bucket, which in AWS goes through TLS.
    Statements of resource policies with a condition are ignored; trust policies (no Resource) are still evaluated.
    """
    if self._statement.get("Condition") and self._statement.get("Resource"):
        return PermissionResult.NEUTRAL
    return original(self, *args, **kwargs)


@around(S3Response, "get_bucket_notification")
def report_event_bridge(original, self):
    """moto stores a bucket's EventBridge setting but does not return it."""
    status, headers, body = original(self)
    kept = self.backend.get_bucket_notification_configuration(self.bucket_name)
    if kept is None or kept.event_bridge is None:
        return status, headers, body
    text = body.decode() if isinstance(body, bytes) else body
    end = "</NotificationConfiguration>"
    opened = re.sub(r"<NotificationConfiguration([^>]*)/>", rf"<NotificationConfiguration\1>{end}", text)
    return status, headers, opened.replace(end, f"<EventBridgeConfiguration/>{end}")


# Maximum attempts to list. Each fails only if an object is deleted at the same moment.
TRIES = 20


@around(S3Backend, "list_object_versions")
def list_during_deletions(original, self, *args, **kwargs):
    """moto fails with a TypeError if another request deletes an object while it lists; it lists again here."""
    for _ in range(TRIES):
        try:
            return original(self, *args, **kwargs)
        except (RuntimeError, TypeError) as error:
            failure = error
    raise failure
