import json

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend, FakeApplicationAutoscalingPolicy
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.utilities.tagging_service import TaggingService

from .patch import around, missing_from, tags


@missing_from(ApplicationAutoScalingResponse)
def list_tags_for_resource(self) -> str:
    """The provider lists a scalable target's tags on every read and fails without a response."""
    kept = tags(self.applicationautoscaling_backend)
    return json.dumps({"Tags": kept.get_tag_dict_for_resource(self._get_param("ResourceARN"))})


@missing_from(ApplicationAutoScalingResponse)
def tag_resource(self) -> str:
    """See list_tags_for_resource."""
    _tag(self, self._get_param("ResourceARN"))
    return "{}"


@missing_from(ApplicationAutoScalingResponse)
def untag_resource(self) -> str:
    """See list_tags_for_resource."""
    kept = tags(self.applicationautoscaling_backend)
    kept.untag_resource_using_names(self._get_param("ResourceARN"), self._get_param("TagKeys"))
    return "{}"


@around(ApplicationAutoScalingResponse, "register_scalable_target")
def keep_tags(original, self) -> str:
    """moto drops the tags given at registration, so the next plan adds them."""
    answer = original(self)
    _tag(self, json.loads(answer)["ScalableTargetARN"])
    return answer


@around(ApplicationAutoscalingBackend, "put_scaling_policy")
def keep_policy(original, self, policy_name, service_namespace, resource_id, scalable_dimension, *args, **kwargs):
    """moto gives an updated policy a new ARN, unknown to the alarms that call it, and keeps its old alarms."""
    key = (service_namespace, resource_id, scalable_dimension, policy_name)
    before = self.policies.get(FakeApplicationAutoscalingPolicy.formulate_key(*key))
    policy = original(self, policy_name, service_namespace, resource_id, scalable_dimension, *args, **kwargs)
    if before:
        policy.policy_arn = before.policy_arn
        before.delete_alarms(self.account_id, self.region_name)
    return policy


@around(ApplicationAutoScalingResponse, "describe_scaling_policies")
def policies_by_name(original, self) -> str:
    """moto ignores the filter by policy name."""
    answer = json.loads(original(self))
    names = self._get_param("PolicyNames")
    if names:
        answer["ScalingPolicies"] = [policy for policy in answer["ScalingPolicies"] if policy["PolicyName"] in names]
    return json.dumps(answer)


def _tag(response, arn: str) -> None:
    given = TaggingService.convert_dict_to_tags_input(response._get_param("Tags"))
    tags(response.applicationautoscaling_backend).tag_resource(arn, given)
