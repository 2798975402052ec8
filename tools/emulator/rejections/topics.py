"""SNS topics: whether a service may publish to one, and use its key."""

from collections.abc import Mapping

from moto.backends import get_backend
from moto.utilities.arns import parse_arn

from .policies import parse_json
from .service_callers import ServiceCall

# What a publisher does with the key of an encrypted topic. Source: SNS developer guide, "Managing Amazon SNS encryption keys
# and costs": event sources need both.
KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")


def topic_of(arn: str):
    """The topic with an ARN; None if it does not exist."""
    return _backend("sns", arn).topics.get(arn)


def may_publish(arn: str, caller: str, sent: Mapping[str, str]) -> bool:
    """True if the policies of a topic and of its key let a service in that sends these condition keys."""
    topic = topic_of(arn)
    if topic is None or not ServiceCall((caller,), "sns:Publish", arn, sent).is_allowed_by([topic._policy_json]):
        return False
    if not topic.kms_master_key_id:
        return True
    kms = _backend("kms", arn)
    key = kms.keys.get(kms.any_id_to_key_id(topic.kms_master_key_id))
    policies = [parse_json(key.policy) if key else None]
    return all(ServiceCall((caller,), action, "*", sent).is_allowed_by(policies) for action in KEY_ACTIONS)


def _backend(service: str, topic: str):
    found = parse_arn(topic)
    return get_backend(service)[found.account][found.region]
