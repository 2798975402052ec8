from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from .patch import around, missing_from


@missing_from(CloudWatchResponse)
def put_composite_alarm(self) -> ActionResult:
    """moto's metric alarms can hold a composite alarm's rule; only the action is missing."""
    return self.put_metric_alarm()


@around(CloudWatchBackend, "put_metric_alarm")
def accept_every_statistic(original, self, *args, extended_statistic: str | None = None, **kwargs):
    """Accepts trimmed means and the like; moto knows only percentiles. The statistic has been checked by then."""
    alarm = original(self, *args, **kwargs)
    alarm.extended_statistic = extended_statistic
    return alarm
