import json

from moto.codebuild import responses
from moto.codebuild.models import CodeBuildBackend
from moto.codebuild.responses import CodeBuildResponse
from moto.core.utils import unix_time

from .patch import around, memory, missing_from

FORGOTTEN = ("encryptionKey", "concurrentBuildLimit", "secondarySources", "fileSystemLocations")


@around(responses, "_validate_required_params_source")
def accept_source_without_location(original, source) -> None:
    """moto requires a location for every source; CODEPIPELINE and NO_SOURCE have none."""
    if source["type"] not in ("CODEPIPELINE", "NO_SOURCE"):
        original(source)


@around(responses, "_validate_required_params_artifacts")
def accept_artifacts_without_location(original, artifacts) -> None:
    """See accept_source_without_location."""
    if artifacts["type"] != "CODEPIPELINE":
        original(artifacts)


@around(CodeBuildResponse, "create_project")
def keep_all_arguments(original, self) -> str:
    """moto drops some of a project's arguments, so every plan after the apply sets them again."""
    original(self)
    project = self.codebuild_backend.codebuild_projects[self._get_param("name")].project_metadata
    project.update({key: self._get_param(key) for key in FORGOTTEN if self._get_param(key)})
    return json.dumps({"project": project})


@missing_from(CodeBuildResponse)
def update_project(self) -> str:
    """moto cannot update a project. Omitted fields stay unchanged."""
    project = self.codebuild_backend.codebuild_projects[self._get_param("name")].project_metadata
    project.update(json.loads(self.body))
    return json.dumps({"project": project})


@around(CodeBuildBackend, "delete_project")
def take_arn(original, self, name: str) -> None:
    """The provider deletes a project by ARN, moto only by name: the project would remain."""
    original(self, name.split("/")[-1])


@missing_from(CodeBuildResponse)
def create_report_group(self) -> str:
    """moto has no report groups."""
    group = {**json.loads(self.body), "status": "ACTIVE", "created": unix_time(), "lastModified": unix_time()}
    group["arn"] = f"arn:aws:codebuild:{self.region}:{self.current_account}:report-group/{group['name']}"
    _report_groups(self)[group["arn"]] = group
    return json.dumps({"reportGroup": group})


@missing_from(CodeBuildResponse)
def batch_get_report_groups(self) -> str:
    """See create_report_group."""
    groups, arns = _report_groups(self), self._get_param("reportGroupArns")
    found = [groups[arn] for arn in arns if arn in groups]
    return json.dumps({"reportGroups": found, "reportGroupsNotFound": [arn for arn in arns if arn not in groups]})


@missing_from(CodeBuildResponse)
def delete_report_group(self) -> str:
    """See create_report_group."""
    _report_groups(self).pop(self._get_param("arn"), None)
    return "{}"


def _report_groups(response) -> dict:
    return memory(response.codebuild_backend, "report_groups")
