"""KMS keys: whether a service may use the key of a topic or a queue."""

from collections.abc import Mapping

from moto.backends import get_backend
from moto.utilities.arns import parse_arn

from .policies import parse_json
from .service_callers import ServiceCall

# What a sender does with the key of an encrypted topic or queue. Source: SNS developer guide, "Managing Amazon SNS encryption
# keys and costs", and SQS developer guide, "Key management": event sources need both.
ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")


def may_use_key(encrypted: str, key_id: str | None, caller: str, sent: Mapping[str, str]) -> bool:
    """True if the key of the topic or queue with this ARN lets a service in that sends these condition keys, or without a key."""
    if not key_id:
        return True
    found = parse_arn(encrypted)
    key = _find(get_backend("kms")[found.account][found.region], key_id)
    policies = [parse_json(key.policy) if key else None]
    return all(ServiceCall((caller,), action, "*", sent).is_allowed_by(policies) for action in ACTIONS)


def _find(kms, key_id: str):
    """A key by its ID, ARN, or alias; None if it does not exist. AWS's own keys, such as alias/aws/sqs, admit no service."""
    name = key_id.split(":")[-1]
    if name.startswith("alias/"):
        return next((key for key in kms.keys.values() if name in key.aliases), None)
    return kms.keys.get(name.removeprefix("key/"))
