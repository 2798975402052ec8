import re

from moto.iam.access_control import IAMPolicyStatement, PermissionResult
from moto.s3.models import FakeDeleteMarker
from moto.s3.responses import S3Response

from .patch import around, missing_from


@missing_from(FakeDeleteMarker)
def dispose(self, garbage: bool = False) -> None:
    """Once versioning is suspended, moto calls this on all versions of what it deletes, but a delete marker has none.

    Terraform suspends versioning before it empties a bucket (`force_destroy`), gets 500, and the bucket stays.
    """


@around(IAMPolicyStatement, "is_action_permitted")
def leave_out_conditioned(original, self, *args, **kwargs):
    """moto knows only string conditions and takes one it cannot judge as met.

    The usual "deny unless aws:SecureTransport" then locks everybody out of the bucket, who in AWS would come over TLS.
    A resource's statement with a condition is left out of account here; trust policies (no Resource) are still judged.
    """
    if self._statement.get("Condition") and self._statement.get("Resource"):
        return PermissionResult.NEUTRAL
    return original(self, *args, **kwargs)


@around(S3Response, "get_bucket_notification")
def tell_event_bridge(original, self):
    """moto keeps that a bucket sends its events to EventBridge, and leaves it out of its answer."""
    status, headers, body = original(self)
    kept = self.backend.get_bucket_notification_configuration(self.bucket_name)
    if kept is None or kept.event_bridge is None:
        return status, headers, body
    text = body.decode() if isinstance(body, bytes) else body
    end = "</NotificationConfiguration>"
    opened = re.sub(r"<NotificationConfiguration([^>]*)/>", rf"<NotificationConfiguration\1>{end}", text)
    return status, headers, opened.replace(end, f"<EventBridgeConfiguration/>{end}")
