"""EventBridge: events reach a topic, queue, or log group only if its policy lets EventBridge in."""

import json

from gaps.patch import around
from moto.backends import get_backend
from moto.events.models import Rule
from moto.utilities.arns import parse_arn

from .policies import parse_json
from .queues import may_send
from .service_callers import ServiceCall
from .topics import may_publish, topic_of

CALLER = "events.amazonaws.com"
# Condition keys that EventBridge sends, by target. Source: EventBridge user guide, "Using resource-based policies for Amazon
# EventBridge": the policy of a queue has aws:SourceArn, and condition blocks are not supported in the policy of a topic. Its
# policy for log groups has none.
SENT = {"sns": (), "sqs": ("aws:sourcearn",), "logs": ()}


@around(Rule, "send_to_targets")
def deliver_if_allowed(original, self, original_event, transform_input=True) -> None:
    """moto delivers to queues and log groups regardless of their policies, and to no topic. AWS drops such events silently."""
    targets = self.targets
    checked = [target for target in targets if parse_arn(target["Arn"]).service in SENT]
    allowed = [target for target in checked if _is_allowed(self, target["Arn"])]
    topics = [target for target in allowed if parse_arn(target["Arn"]).service == "sns"]
    self.targets = [target for target in targets if target not in checked or target in allowed and target not in topics]
    try:
        original(self, original_event, transform_input)
    finally:
        self.targets = targets
    if topics and self.event_pattern.matches_event(original_event):
        for target in topics:
            topic_of(target["Arn"]).publish(json.dumps(original_event))


def _is_allowed(rule: Rule, arn: str) -> bool:
    service = parse_arn(arn).service
    sent = {key: rule.arn for key in SENT[service]}
    if service == "sns":
        return may_publish(arn, CALLER, sent)
    if service == "sqs":
        return may_send(arn, CALLER, sent)
    call = ServiceCall((CALLER,), "logs:PutLogEvents", f"{arn}:log-stream:events", sent)
    return call.is_allowed_by(_log_policies(rule))


def _log_policies(rule: Rule) -> list:
    logs = get_backend("logs")[rule.account_id][rule.region_name]
    return [parse_json(policy.policy_document) for policy in logs.resource_policies.values()]
