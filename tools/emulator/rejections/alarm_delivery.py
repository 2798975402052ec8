"""CloudWatch: an alarm's notifications reach a topic only if its policy lets CloudWatch in."""

import json

from gaps.patch import around
from moto.cloudwatch.models import Alarm
from moto.utilities.arns import parse_arn

from .service_callers import source
from .topics import may_publish, topic_of

CALLER = "cloudwatch.amazonaws.com"
ACTIONS = {"ALARM": "alarm_actions", "OK": "ok_actions", "INSUFFICIENT_DATA": "insufficient_data_actions"}


@around(Alarm, "update_state")
def notify_if_allowed(original, self, reason, reason_data, state_value) -> None:
    """moto runs no actions. AWS runs them when the state changes, and reports a denied one only in the alarm's history.

    Source: re:Post knowledge center, "Why didn't I receive an SNS notification for my CloudWatch alarm trigger?".
    """
    former, account = self.state_value, parse_arn(self.alarm_arn).account
    original(self, reason, reason_data, state_value)
    if state_value == former or not self.actions_enabled:
        return
    message = {
        "AlarmName": self.name,
        "AlarmArn": self.alarm_arn,
        "AWSAccountId": account,
        "NewStateValue": state_value,
        "NewStateReason": reason,
        "OldStateValue": former,
    }
    # SNS developer guide, "Example cases for Amazon SNS access control"; the default policy of a topic has SourceOwner.
    sent = {**source(account, self.alarm_arn), "aws:sourceowner": account}
    for arn in getattr(self, ACTIONS[state_value]) or []:
        if arn.startswith("arn:aws:sns:") and may_publish(arn, CALLER, sent):
            topic_of(arn).publish(json.dumps(message), subject=f'{state_value}: "{self.name}"')
