"""CodePipeline and CodeBuild: structure of pipelines, and names in use."""

from .rejection import Rejection, rejects
from .request import Request


def _structure(message: str) -> Rejection:
    return Rejection("InvalidStructureException", message)


@rejects("codepipeline", "CreatePipeline", "UpdatePipeline")
def pipeline_structure(request: Request) -> None:
    """Source: CodePipeline user guide, "Pipeline structure requirements".

    Paraphrased except for the number of stages, an artifact that is used twice (aws-cloudformation/cfn-lint #1688), and the
    number of artifacts (awsdocs/aws-cloudformation-user-guide #941, for the minimum).
    """
    stages = request["pipeline"]["stages"]
    if len(stages) < 2:
        raise _structure(
            f"Pipeline has only {len(stages)} stage(s). There should be a minimum of 2 stages in a pipeline"
        )
    _check_unique([stage["name"] for stage in stages], "Stage")
    produced: list[str] = []
    for index, stage in enumerate(stages):
        actions = stage.get("actions") or []
        if not actions:
            raise _structure(f"Stage {stage['name']} has no actions")
        _check_unique([action["name"] for action in actions], f"Stage {stage['name']}: action")
        for action in actions:
            is_source = action["actionTypeId"]["category"] == "Source"
            if is_source != (index == 0):
                raise _structure(
                    f"Pipeline stage {stage['name']} should only have actions of category Source"
                    if index == 0
                    else f"Pipeline stage {stage['name']} contains a Source action; only the first stage may have one"
                )
        for action in sorted(actions, key=lambda one: int(one.get("runOrder") or 1)):
            _check_numbers(action)
            for artifact in action.get("inputArtifacts") or []:
                if artifact["name"] not in produced:
                    raise _structure(
                        f"Input Artifact Bundle {artifact['name']} in action {action['name']} is not declared as Output "
                        "Artifact Bundle in any of the preceding actions"
                    )
            for artifact in action.get("outputArtifacts") or []:
                if artifact["name"] in produced:
                    raise _structure(
                        "Output Artifact Bundle name must be unique within the pipeline. "
                        f"{artifact['name']} has been used more than once."
                    )
                produced.append(artifact["name"])


# Minimum and maximum number of input and output artifacts of an action. Source: CodePipeline user guide, "Valid number of input
# and output artifacts for each action type".
ARTIFACTS = {
    ("Source", "CodeCommit"): ((0, 0), (1, 1)),
    ("Source", "CodeStarSourceConnection"): ((0, 0), (1, 1)),
    ("Source", "S3"): ((0, 0), (1, 1)),
    ("Build", "CodeBuild"): ((1, 5), (0, 5)),
    ("Test", "CodeBuild"): ((1, 5), (0, 5)),
    ("Approval", "Manual"): ((0, 0), (0, 0)),
    ("Deploy", "CodeDeployToECS"): ((1, 5), (0, 0)),
    ("Deploy", "ECS"): ((1, 1), (0, 0)),
}


def _check_numbers(action: dict) -> None:
    kind = action["actionTypeId"]
    limits = ARTIFACTS.get((kind["category"], kind["provider"]))
    for word, (least, most) in zip(("input", "output"), limits or ()):
        count = len(action.get(f"{word}Artifacts") or [])
        says = f"Action {action['name']} declares {count} {word} artifacts which is"
        if count < least:
            raise Rejection("InvalidActionDeclarationException", f"{says} less than the minimum count ({least})")
        if count > most:
            raise Rejection("InvalidActionDeclarationException", f"{says} more than the maximum count ({most})")


def _check_unique(names: list[str], what: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise _structure(f"{what} name must be unique: {name}")


@rejects("codepipeline", "CreatePipeline")
def taken_pipeline(request: Request) -> None:
    """Source: API reference of CreatePipeline, PipelineNameInUseException."""
    name = request["pipeline"]["name"]
    if name in request.backend().pipelines:
        raise Rejection(
            "PipelineNameInUseException",
            f"A pipeline with the name '{name}' already exists in account '{request.account}'",
        )


@rejects("codebuild", "CreateProject")
def taken_project(request: Request) -> None:
    """Source: API reference of CreateProject, ResourceAlreadyExistsException."""
    name = request["name"]
    if name in request.backend().codebuild_projects:
        arn = request.arn("codebuild", f"project/{name}")
        raise Rejection("ResourceAlreadyExistsException", f"Project already exists: {arn}")
