"""ECR: repositories and their lifecycle policies."""

import json

from gaps.patch import memory

from .policies import parse_json
from .rejection import Rejection, rejects
from .request import Request


def _invalid(reason: str) -> Rejection:
    return Rejection(
        "InvalidParameterException",
        f"Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: {reason}'",
    )


# The policy has a schema, and AWS returns the words of its validator. Source: simple-container-com/api #34, cloudposse/
# terraform-aws-ecr #132 and #158, and moto's copies.
NO_SCHEMA = "instance failed to match exactly one schema (matched 0 out of 2)"


@rejects("ecr", "PutLifecyclePolicy", "StartLifecyclePolicyPreview")
def lifecycle_policy(request: Request) -> None:
    """Source: ECR user guide, "Lifecycle policy properties". Public reports quote the messages about the order of rules and about
    untagged images; the one about equal priorities is paraphrased.
    """
    text = request["lifecyclePolicyText"]
    if text is None:
        return
    policy = parse_json(text)
    if not isinstance(policy, dict):
        raise _invalid("Could not map policyString into LifecyclePolicy.")
    _check_required(policy, "rules")
    rules = policy["rules"]
    if not isinstance(rules, list):
        raise _invalid(_wrong_type(rules, "array"))
    for rule in rules:
        if not isinstance(rule, dict):
            raise _invalid(_wrong_type(rule, "object"))
        _check_required(rule, "action", "rulePriority", "selection")
        _check_minimum(rule["rulePriority"])
        _check_action(rule["action"])
        _check_selection(rule["selection"])
    priorities = [rule["rulePriority"] for rule in rules]
    for rule in rules:
        priority = rule["rulePriority"]
        if priorities.count(priority) > 1:
            raise _invalid(f"Duplicate rule priority: {priority}")
        if rule["selection"].get("tagStatus") == "any" and priority != max(priorities):
            raise _invalid("Rule for tagStatus=ANY must have the lowest priority per storage class")
    untagged = [rule["selection"].get("storageClass") for rule in rules if rule["selection"]["tagStatus"] == "untagged"]
    if len(untagged) > len(set(untagged)):
        raise _invalid("Only one rule can select Untagged images per storage class")


def _check_required(value: dict, *names: str) -> None:
    missing = [name for name in names if name not in value]
    if missing:
        raise _invalid(f"object has missing required properties ({json.dumps(missing, separators=(',', ':'))})")


def _check_minimum(number) -> None:
    if not isinstance(number, int):
        raise _invalid(_wrong_type(number, "integer"))
    if number < 1:
        raise _invalid(f"numeric instance is lower than the required minimum (minimum: 1, found: {number})")


def _check_action(action: dict) -> None:
    _check_required(action, "type")
    if action["type"] not in ("expire", "transition"):
        raise _invalid(NO_SCHEMA)


def _check_selection(selection: dict) -> None:
    _check_required(selection, "countNumber", "countType", "tagStatus")
    _check_minimum(selection["countNumber"])
    status, kind = selection["tagStatus"], selection["countType"]
    tags = selection.get("tagPrefixList") or selection.get("tagPatternList")
    fits = (
        status in ("tagged", "untagged", "any")
        and bool(tags) == (status == "tagged")
        and kind in ("imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned")
        # A count has no unit, but an age has one. A null unit is rejected, too.
        and ("countUnit" in selection) == (kind != "imageCountMoreThan")
        and selection.get("countUnit", "days") == "days"
    )
    if not fits:
        raise _invalid(NO_SCHEMA)


def _wrong_type(value, allowed: str) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    found = kinds.get(type(value), "null")
    return f'instance type ({found}) does not match any allowed primitive type (allowed: ["{allowed}"])'


@rejects("ecr", "CreateRepository")
def taken_name(request: Request) -> None:
    """Source: API reference of CreateRepository, RepositoryAlreadyExistsException."""
    name = request["repositoryName"]
    if name in request.backend().repositories:
        raise Rejection(
            "RepositoryAlreadyExistsException",
            f"The repository with name '{name}' already exists in the registry with id '{request.account}'",
        )


@rejects("ecr", "DeleteRepository")
def full_repository(request: Request) -> None:
    """Source: API reference of DeleteRepository, RepositoryNotEmptyException."""
    name = request["repositoryName"]
    found = request.backend().repositories.get(name)
    if found is not None and found.images and not request["force"]:
        raise Rejection(
            "RepositoryNotEmptyException",
            f"The repository with name '{name}' in registry with id '{request.account}' cannot be deleted because it still contains images",
        )


@rejects("ecr", "CreatePullThroughCacheRule")
def pull_through_cache(request: Request) -> None:
    """Source: API reference of CreatePullThroughCacheRule."""
    rules = memory(request.backend(), "pull_through_cache_rules")
    prefix = request["ecrRepositoryPrefix"]
    if prefix in rules:
        raise Rejection(
            "PullThroughCacheRuleAlreadyExistsException",
            f"A pull through cache rule with repository prefix '{prefix}' already exists in the registry with id '{request.account}'",
        )
    if request["upstreamRegistryUrl"] not in UPSTREAMS and not str(request["upstreamRegistryUrl"]).endswith(
        (".azurecr.io", ".amazonaws.com")
    ):
        raise Rejection(
            "UnsupportedUpstreamRegistryException",
            f"The specified upstream registry '{request['upstreamRegistryUrl']}' is not supported",
        )


# Source: ECR user guide, "Sync an upstream registry with an Amazon ECR private registry".
UPSTREAMS = (
    "public.ecr.aws",
    "registry.k8s.io",
    "quay.io",
    "registry-1.docker.io",
    "ghcr.io",
    "registry.gitlab.com",
    "cgr.dev",
)
