"""SNS topics: whether a service may publish to one, and use its key."""

from collections.abc import Mapping

from moto.backends import get_backend
from moto.utilities.arns import parse_arn

from .keys import may_use_key
from .service_callers import ServiceCall


def topic_of(arn: str):
    """The topic with an ARN; None if it does not exist."""
    found = parse_arn(arn)
    return get_backend("sns")[found.account][found.region].topics.get(arn)


def may_publish(arn: str, caller: str, sent: Mapping[str, str]) -> bool:
    """True if the policies of a topic and of its key let a service in that sends these condition keys."""
    topic = topic_of(arn)
    return (
        topic is not None
        and ServiceCall((caller,), "sns:Publish", arn, sent).is_allowed_by([topic._policy_json])
        and may_use_key(arn, topic.kms_master_key_id, caller, sent)
    )
