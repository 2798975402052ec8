from types import SimpleNamespace

from moto.codepipeline.models import CodePipeline, CodePipelineBackend
from moto.core.utils import unix_time


@property
def metadata(self) -> dict:
    """moto writes dates as text; the SDK for Go accepts only numbers there."""
    return {"pipelineArn": self._arn, "created": unix_time(self._created), "updated": unix_time(self._updated)}


CodePipeline.metadata = metadata


class AcceptedRoles:
    """moto rejects a trust in several services. The role has been checked by then; see rejections/passed_roles.py."""

    def get_role_by_arn(self, arn: str) -> SimpleNamespace:
        trust = '{"Statement":[{"Principal":{"Service":"codepipeline.amazonaws.com"}}]}'
        return SimpleNamespace(arn=arn, assume_role_policy_document=trust)


CodePipelineBackend.iam_backend = AcceptedRoles()
