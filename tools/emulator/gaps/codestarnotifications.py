import uuid

from moto.core.base_backend import BaseBackend
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from .patch import memory, new_service

# moto has no notification rules (for CodePipeline, CodeBuild, and others). The stacks report through EventBridge now, but the
# base of a preview may be an older revision with notification rules.

NAME = "codestar-notifications"


class ResourceNotFoundException(ServiceException):
    code = "ResourceNotFoundException"


class Backend(BaseBackend):
    """Notification rules, which send nothing."""


class Response(BaseResponse):
    def __init__(self) -> None:
        super().__init__(service_name=NAME)
        self.automated_parameter_parsing = True

    @property
    def rules(self) -> dict:
        return memory(backends[self.current_account][self.region], "rules")

    def create_notification_rule(self) -> ActionResult:
        arn = f"arn:aws:{NAME}:{self.region}:{self.current_account}:notificationrule/{uuid.uuid4().hex}"
        rule = {key: self._get_param(key) for key in ("Name", "DetailType", "Resource")}
        self.rules[arn] = {
            **rule,
            "Arn": arn,
            "Status": self._get_param("Status", "ENABLED"),
            "EventTypes": self._event_types(),
            "Targets": self._targets(),
            "Tags": self._get_param("Tags") or {},
        }
        return ActionResult({"Arn": arn})

    def describe_notification_rule(self) -> ActionResult:
        return ActionResult(self._rule())

    def update_notification_rule(self) -> ActionResult:
        rule = self._rule()
        for key in ("Name", "Status", "DetailType"):
            rule[key] = self._get_param(key, rule[key])
        if self._get_param("EventTypeIds") is not None:
            rule["EventTypes"] = self._event_types()
        if self._get_param("Targets") is not None:
            rule["Targets"] = self._targets()
        return EmptyResult()

    def delete_notification_rule(self) -> ActionResult:
        self.rules.pop(self._get_param("Arn"), None)
        return ActionResult({"Arn": self._get_param("Arn")})

    def list_targets(self) -> ActionResult:
        return ActionResult({"Targets": [target for rule in self.rules.values() for target in rule["Targets"]]})

    def delete_target(self) -> ActionResult:
        address = self._get_param("TargetAddress")
        for rule in self.rules.values():
            rule["Targets"] = [target for target in rule["Targets"] if target["TargetAddress"] != address]
        return EmptyResult()

    def tag_resource(self) -> ActionResult:
        self._rule()["Tags"].update(self._get_param("Tags"))
        return ActionResult({"Tags": self._rule()["Tags"]})

    def untag_resource(self) -> ActionResult:
        for key in self._get_param("TagKeys"):
            self._rule()["Tags"].pop(key, None)
        return EmptyResult()

    def _rule(self) -> dict:
        try:
            return self.rules[self._get_param("Arn")]
        except KeyError:
            raise ResourceNotFoundException("Notification rule not found") from None

    def _event_types(self) -> list[dict]:
        return [{"EventTypeId": event} for event in self._get_param("EventTypeIds", [])]

    def _targets(self) -> list[dict]:
        return [
            {"TargetType": target["TargetType"], "TargetAddress": target["TargetAddress"], "TargetStatus": "ACTIVE"}
            for target in self._get_param("Targets", [])
        ]


backends = new_service(NAME, Backend, Response, ["/(?P<action>[^/]+)$", "/(?P<action>[^/]+)/(?P<arn>.+)$"])
