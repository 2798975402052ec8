import json

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from .patch import around, memory, missing_from


def _tags(response) -> dict[str, str]:
    return memory(response.applicationautoscaling_backend, "tags").setdefault(response._get_param("ResourceARN"), {})


@missing_from(ApplicationAutoScalingResponse)
def list_tags_for_resource(self) -> str:
    """The provider lists a scalable target's tags on every read and fails without an answer."""
    return json.dumps({"Tags": _tags(self)})


@missing_from(ApplicationAutoScalingResponse)
def tag_resource(self) -> str:
    """See list_tags_for_resource."""
    _tags(self).update(self._get_param("Tags"))
    return "{}"


@missing_from(ApplicationAutoScalingResponse)
def untag_resource(self) -> str:
    """See list_tags_for_resource."""
    for key in self._get_param("TagKeys"):
        _tags(self).pop(key, None)
    return "{}"


@around(ApplicationAutoScalingResponse, "register_scalable_target")
def keep_tags(original, self) -> str:
    """moto drops the tags given at registration, and the next plan wants to add them."""
    answer = original(self)
    tags = self._get_param("Tags")
    if tags:
        arn = json.loads(answer)["ScalableTargetARN"]
        memory(self.applicationautoscaling_backend, "tags")[arn] = tags
    return answer
