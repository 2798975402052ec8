import json
import time
import uuid

from moto.core.exceptions import JsonRESTError
from moto.xray import urls
from moto.xray.responses import XRayResponse

from .patch import memory, missing_from, tags

# moto has segments, but no groups, sampling rules, or tags.
for path in (
    "CreateGroup",
    "GetGroup",
    "Groups",
    "UpdateGroup",
    "DeleteGroup",
    "CreateSamplingRule",
    "GetSamplingRules",
    "UpdateSamplingRule",
    "DeleteSamplingRule",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
):
    urls.url_paths[f"{{0}}/{path}$"] = XRayResponse.dispatch


class NotFound(JsonRESTError):
    code = 400

    def __init__(self, what: str) -> None:
        super().__init__("InvalidRequestException", f"{what} not found")


def _groups(response) -> dict:
    """Groups by their ARN."""
    return memory(response.xray_backend, "groups")


def _rules(response) -> dict:
    """Records of sampling rules by the rule's name."""
    return memory(response.xray_backend, "sampling_rules")


def _arn(response, what: str) -> str:
    return f"arn:aws:xray:{response.region}:{response.current_account}:{what}"


def _group(response) -> dict:
    wanted = (response._get_param("GroupARN"), response._get_param("GroupName"))
    for group in _groups(response).values():
        if group["GroupARN"] == wanted[0] or group["GroupName"] == wanted[1]:
            return group
    raise NotFound("Group")


@missing_from(XRayResponse)
def create_group(self) -> str:
    """Creates a group with tags."""
    name = self._get_param("GroupName")
    group = {
        "GroupName": name,
        "GroupARN": _arn(self, f"group/{name}/{uuid.uuid4().hex.upper()}"),
        "FilterExpression": self._get_param("FilterExpression"),
        "InsightsConfiguration": self._get_param("InsightsConfiguration")
        or {"InsightsEnabled": False, "NotificationsEnabled": False},
    }
    _groups(self)[group["GroupARN"]] = group
    tags(self.xray_backend).tag_resource(group["GroupARN"], self._get_param("Tags"))
    return json.dumps({"Group": group})


@missing_from(XRayResponse)
def get_group(self) -> str:
    """Returns a group by ARN or name."""
    return json.dumps({"Group": _group(self)})


@missing_from(XRayResponse)
def groups(self) -> str:
    """Returns all groups (GetGroups)."""
    return json.dumps({"Groups": list(_groups(self).values())})


@missing_from(XRayResponse)
def update_group(self) -> str:
    """Updates a group's filter and insights. Omitted fields stay unchanged."""
    group = _group(self)
    for key in ("FilterExpression", "InsightsConfiguration"):
        group[key] = self._get_param(key, group[key])
    return json.dumps({"Group": group})


@missing_from(XRayResponse)
def delete_group(self) -> str:
    """Deletes a group."""
    del _groups(self)[_group(self)["GroupARN"]]
    return "{}"


@missing_from(XRayResponse)
def create_sampling_rule(self) -> str:
    """Creates a sampling rule with tags."""
    rule = self._get_param("SamplingRule")
    rule["RuleARN"] = _arn(self, f"sampling-rule/{rule['RuleName']}")
    record = {"SamplingRule": rule, "CreatedAt": time.time(), "ModifiedAt": time.time()}
    _rules(self)[rule["RuleName"]] = record
    tags(self.xray_backend).tag_resource(rule["RuleARN"], self._get_param("Tags"))
    return json.dumps({"SamplingRuleRecord": record})


@missing_from(XRayResponse)
def get_sampling_rules(self) -> str:
    """Returns all sampling rules."""
    return json.dumps({"SamplingRuleRecords": list(_rules(self).values())})


@missing_from(XRayResponse)
def update_sampling_rule(self) -> str:
    """Updates a rule by name. Omitted fields stay unchanged."""
    update = {key: value for key, value in self._get_param("SamplingRuleUpdate").items() if value is not None}
    record = _rules(self).get(update.get("RuleName"))
    if record is None:
        raise NotFound("Sampling rule")
    record["SamplingRule"].update(update)
    record["ModifiedAt"] = time.time()
    return json.dumps({"SamplingRuleRecord": record})


@missing_from(XRayResponse)
def delete_sampling_rule(self) -> str:
    """Deletes a rule."""
    record = _rules(self).pop(self._get_param("RuleName"), None)
    if record is None:
        raise NotFound("Sampling rule")
    return json.dumps({"SamplingRuleRecord": record})


@missing_from(XRayResponse)
def list_tags_for_resource(self) -> str:
    """Returns the tags of a group or a rule."""
    return json.dumps(tags(self.xray_backend).list_tags_for_resource(self._get_param("ResourceARN")))


@missing_from(XRayResponse)
def tag_resource(self) -> str:
    """See list_tags_for_resource."""
    tags(self.xray_backend).tag_resource(self._get_param("ResourceARN"), self._get_param("Tags"))
    return "{}"


@missing_from(XRayResponse)
def untag_resource(self) -> str:
    """See list_tags_for_resource."""
    tags(self.xray_backend).untag_resource_using_names(self._get_param("ResourceARN"), self._get_param("TagKeys"))
    return "{}"
