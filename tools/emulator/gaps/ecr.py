from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.ecr.responses import ECRResponse

from .patch import memory, missing_from


class NoSuchRule(JsonRESTError):
    code = 400

    def __init__(self, prefix: str) -> None:
        super().__init__("PullThroughCacheRuleNotFoundException", f"no rule for the prefix {prefix}")


def _rules(response) -> dict:
    """Rules by the prefix of the repositories that they fill."""
    return memory(response.ecr_backend, "pull_through_cache_rules")


@missing_from(ECRResponse)
def create_pull_through_cache_rule(self) -> ActionResult:
    """moto has no pull-through cache rules."""
    prefix = self._get_param("ecrRepositoryPrefix")
    _rules(self)[prefix] = {
        "ecrRepositoryPrefix": prefix,
        "upstreamRegistryUrl": self._get_param("upstreamRegistryUrl"),
        "registryId": self.current_account,
    }
    return ActionResult(_rules(self)[prefix])


@missing_from(ECRResponse)
def describe_pull_through_cache_rules(self) -> ActionResult:
    """See create_pull_through_cache_rule."""
    prefixes = self._get_param("ecrRepositoryPrefixes") or list(_rules(self))
    for prefix in prefixes:
        if prefix not in _rules(self):
            raise NoSuchRule(prefix)
    return ActionResult({"pullThroughCacheRules": [_rules(self)[prefix] for prefix in prefixes]})


@missing_from(ECRResponse)
def delete_pull_through_cache_rule(self) -> ActionResult:
    """See create_pull_through_cache_rule."""
    return ActionResult(_rules(self).pop(self._get_param("ecrRepositoryPrefix"), {}))
