from moto.codepipeline.models import CodePipeline
from moto.core.utils import unix_time


@property
def metadata(self) -> dict:
    """moto writes dates as text; the SDK for Go accepts only numbers there."""
    return {"pipelineArn": self._arn, "created": unix_time(self._created), "updated": unix_time(self._updated)}


CodePipeline.metadata = metadata
