from moto.iam.access_control import IAMPolicyStatement, PermissionResult
from moto.s3.models import FakeDeleteMarker

from .patch import around, missing_from


@missing_from(FakeDeleteMarker)
def dispose(self, garbage: bool = False) -> None:
    """moto calls this on every version it deletes, but a delete marker has none.

    Emptying a versioned bucket (`force_destroy`) then answers 500 and the bucket stays.
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
