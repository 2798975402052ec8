import json
import uuid

from moto.codedeploy.exceptions import CodeDeployException
from moto.codedeploy.models import Application, DeploymentGroup
from moto.codedeploy.responses import CodeDeployResponse
from moto.core.utils import camelcase_to_underscores, unix_time

from .patch import around, memory, missing_from


class DeploymentConfigDoesNotExistException(CodeDeployException):
    code = 400

    def __init__(self, name: str):
        super().__init__("DeploymentConfigDoesNotExistException", f"No deployment configuration found for name {name}")


def _configs(response) -> dict:
    return memory(response.codedeploy_backend, "deployment_configs")


@around(Application, "__init__")
def date_in_seconds(original, self, *args, **kwargs) -> None:
    """moto writes dates as text; the SDK for Go accepts only numbers there."""
    original(self, *args, **kwargs)
    self.create_time = unix_time()


@around(DeploymentGroup, "to_dict")
def return_all_arguments(original, self) -> dict:
    """moto omits alarms and the strategy, which defaults to UPDATE in AWS, so every plan sets both again.

    Fields that moto returns empty (tag sets, last deployments) are omitted by AWS.
    """
    described = original(self)
    described["alarmConfiguration"] = self.alarm_configuration
    described["outdatedInstancesStrategy"] = self.outdated_instances_strategy or "UPDATE"
    return {key: value for key, value in described.items() if value not in (None, {})}


@missing_from(CodeDeployResponse)
def delete_application(self) -> str:
    """moto cannot delete anything in CodeDeploy."""
    self.codedeploy_backend.applications.pop(self._get_param("applicationName"), None)
    self.codedeploy_backend.deployment_groups.pop(self._get_param("applicationName"), None)
    return "{}"


@missing_from(CodeDeployResponse)
def update_deployment_group(self) -> str:
    """moto cannot update a deployment group. Omitted fields stay unchanged."""
    backend, application = self.codedeploy_backend, self._get_param("applicationName")
    name = self._get_param("currentDeploymentGroupName")
    group = backend.get_deployment_group(application, name)
    for key, value in json.loads(self.body).items():
        if key not in ("applicationName", "currentDeploymentGroupName", "newDeploymentGroupName"):
            setattr(group, camelcase_to_underscores(key), value)
    group.deployment_group_name = self._get_param("newDeploymentGroupName") or name
    groups = backend.deployment_groups[application]
    groups[group.deployment_group_name] = groups.pop(name)
    return "{}"


@missing_from(CodeDeployResponse)
def delete_deployment_group(self) -> str:
    """See delete_application."""
    groups = self.codedeploy_backend.deployment_groups.get(self._get_param("applicationName"), {})
    groups.pop(self._get_param("deploymentGroupName"), None)
    return "{}"


@missing_from(CodeDeployResponse)
def create_deployment_config(self) -> str:
    """moto has no deployment configurations."""
    config = {**json.loads(self.body), "deploymentConfigId": str(uuid.uuid4()), "createTime": unix_time()}
    _configs(self)[config["deploymentConfigName"]] = config
    return json.dumps({"deploymentConfigId": config["deploymentConfigId"]})


@missing_from(CodeDeployResponse)
def get_deployment_config(self) -> str:
    """See create_deployment_config."""
    name = self._get_param("deploymentConfigName")
    if name not in _configs(self):
        raise DeploymentConfigDoesNotExistException(name)
    return json.dumps({"deploymentConfigInfo": _configs(self)[name]})


@missing_from(CodeDeployResponse)
def delete_deployment_config(self) -> str:
    """See create_deployment_config."""
    _configs(self).pop(self._get_param("deploymentConfigName"), None)
    return "{}"


@missing_from(CodeDeployResponse)
def put_lifecycle_event_hook_execution_status(self) -> str:
    """moto runs no deployments, so it has no hooks that could report."""
    return json.dumps({"lifecycleEventHookExecutionId": self._get_param("lifecycleEventHookExecutionId")})
