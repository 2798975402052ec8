from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from .patch import missing_from


@missing_from(CloudWatchResponse)
def put_composite_alarm(self) -> ActionResult:
    """moto's metric alarms can hold a composite alarm's rule; only the action is missing."""
    return self.put_metric_alarm()
