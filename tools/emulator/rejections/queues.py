"""SQS queues: whether a service may send to one, and use its key."""

from collections.abc import Mapping

from moto.backends import get_backend
from moto.utilities.arns import parse_arn

from .keys import may_use_key
from .policies import parse_json
from .service_callers import ServiceCall


def may_send(arn: str, caller: str, sent: Mapping[str, str]) -> bool:
    """True if the policies of a queue and of its key let a service in that sends these condition keys."""
    found = parse_arn(arn)
    queue = get_backend("sqs")[found.account][found.region].queues.get(found.resource_id)
    if queue is None:
        return False
    policy = parse_json(queue.policy) if isinstance(queue.policy, str) else queue.policy
    return ServiceCall((caller,), "sqs:SendMessage", arn, sent).is_allowed_by([policy]) and may_use_key(
        arn, getattr(queue, "kms_master_key_id", None), caller, sent
    )
