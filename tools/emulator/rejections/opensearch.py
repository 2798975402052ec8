"""OpenSearch Service: domains and their upgrades."""

import re

from opensearch_versions import VERSIONS, compatible_versions

from .policies import parse_json, unknown_principals
from .rejection import Rejection, rejects
from .request import Request
from .service_callers import ServiceCall, source

# Largest EBS volume in GiB of an instance type; the others take 1,024 or more. Source: developer guide, "EBS volume size
# quotas".
MOST_GIB = {
    "t2.micro.search": 35,
    "t2.small.search": 35,
    "t2.medium.search": 35,
    "t3.small.search": 100,
    "t3.medium.search": 200,
}
LEAST_GIB = 10


def _invalid(message: str) -> Rejection:
    return Rejection("ValidationException", message)


@rejects("opensearch", "CreateDomain")
def version(request: Request) -> None:
    """Source: developer guide, "Supported versions"."""
    wanted = request["EngineVersion"]
    if wanted and wanted not in VERSIONS:
        raise _invalid(f"Unsupported engine version: {wanted}")


@rejects("opensearch", "CreateDomain")
def taken_name(request: Request) -> None:
    """Source: API reference of CreateDomain, ResourceAlreadyExistsException."""
    if request["DomainName"] in request.backend().domains:
        raise Rejection("ResourceAlreadyExistsException", f"Domain {request['DomainName']} already exists", 409)


@rejects("opensearch", "CreateDomain", "UpdateDomainConfig")
def cluster(request: Request) -> None:
    """Source: developer guide, "Configuring a multi-AZ domain", "Supported instance types", "EBS volume size quotas".

    The messages about the numbers of instances and dedicated masters are paraphrased, and so are those about volumes, except
    for the one about their size. cloudposse/terraform-aws-elasticsearch #143 quotes the one about disabled masters.
    """
    config = request["ClusterConfig"] or {}
    kind, count = config.get("InstanceType"), config.get("InstanceCount")
    for name in (kind, config.get("DedicatedMasterType"), config.get("WarmType")):
        if name and not name.endswith(".search"):
            raise Rejection("InvalidTypeException", f"Invalid instance type: {name}", 409)
    if count is not None and int(count) < 1:
        raise _invalid("Instance count must be at least 1")
    if config.get("ZoneAwarenessEnabled"):
        zones = int((config.get("ZoneAwarenessConfig") or {}).get("AvailabilityZoneCount") or 2)
        if count is not None and int(count) < zones:
            raise _invalid(
                f"You must choose a minimum of {'two' if zones == 2 else 'three'} data nodes for a {'two' if zones == 2 else 'three'} Availability Zone deployment"
            )
    if config.get("DedicatedMasterEnabled") is False and (
        config.get("DedicatedMasterCount") or config.get("DedicatedMasterType")
    ):
        raise _invalid(
            "DedicatedMasterEnabled must be set to True to specify the DedicatedMasterCount and DedicatedMasterType options."
        )
    if config.get("DedicatedMasterEnabled") and int(config.get("DedicatedMasterCount") or 3) not in (2, 3, 4, 5):
        raise _invalid("Dedicated master count must be between 2 and 5")
    _check_volume(request, kind)


def _check_volume(request: Request, kind: str | None) -> None:
    volume = request["EBSOptions"] or {}
    size = volume.get("VolumeSize")
    if volume.get("EBSEnabled") and size is not None:
        most = MOST_GIB.get(kind or "m4.large.search", 24_576)
        if not LEAST_GIB <= int(size) <= most:
            raise Rejection(
                "LimitExceededException",
                f"Volume size must be between {LEAST_GIB} and {most} for {volume.get('VolumeType') or 'gp2'} volume type and {kind} instance type",
                409,
            )
    if volume.get("EBSEnabled") and size is None and request.operation == "CreateDomain":
        raise _invalid("Volume size must be specified when EBS is enabled")
    if volume.get("VolumeType") in ("gp2", "standard") and (volume.get("Iops") or volume.get("Throughput")):
        raise _invalid(f"IOPS and throughput are not supported for volume type {volume['VolumeType']}")
    needs_ebs = kind and re.match(r"(t2|t3|m[3-7]g?|c[4-7]g|c[45]|r[4-7]g?)\.", kind)
    if needs_ebs and request.operation == "CreateDomain" and not volume.get("EBSEnabled"):
        raise _invalid("EBS storage must be selected for " + kind)


@rejects("opensearch", "CreateDomain", "UpdateDomainConfig")
def security(request: Request) -> None:
    """Source: developer guide, "Fine-grained access control": it requires HTTPS, node-to-node and at-rest encryption."""
    if request.operation != "CreateDomain" or not (request["AdvancedSecurityOptions"] or {}).get("Enabled"):
        return
    missing = not (
        (request["NodeToNodeEncryptionOptions"] or {}).get("Enabled")
        and (request["EncryptionAtRestOptions"] or {}).get("Enabled")
        and (request["DomainEndpointOptions"] or {}).get("EnforceHTTPS")
    )
    if missing:
        raise _invalid(
            "Enforce HTTPS, node-to-node encryption, and encryption at rest must be enabled to use fine-grained access control"
        )


@rejects("opensearch", "CreateDomain", "UpdateDomainConfig")
def access_policy(request: Request) -> None:
    """Source: hashicorp/terraform-provider-aws, opensearch/domain.go, which retries the error while a role is new."""
    text = request["AccessPolicies"]
    policy = parse_json(text) if text else {}
    if not isinstance(policy, dict) or unknown_principals(request, policy):
        raise Rejection("InvalidTypeException", f"Error setting policy: [{text}]", 409)


@rejects("opensearch", "CreateDomain", "UpdateDomainConfig")
def sign_in(request: Request) -> None:
    """Source: API reference of CognitoOptions; the message is paraphrased."""
    options = request["CognitoOptions"] or {}
    missing = [name for name in ("UserPoolId", "IdentityPoolId", "RoleArn") if not options.get(name)]
    if options.get("Enabled") and missing:
        raise _invalid(f"{missing[0]} must be specified when Amazon Cognito authentication is enabled")


@rejects("opensearch", "UpgradeDomain")
def upgrade(request: Request) -> None:
    """Source: API reference of UpgradeDomain, ValidationException; developer guide, "Supported upgrade paths"."""
    domain = request.backend().domains.get(request["DomainName"])
    if domain is None:
        raise Rejection("ResourceNotFoundException", f"Domain not found: {request['DomainName']}", 409)
    source = domain.engine_version.options
    if request["TargetVersion"] not in compatible_versions(source):
        raise _invalid(f"Invalid upgrade path. {source} can't be upgraded to {request['TargetVersion']}")


@rejects("opensearch", "CreateDomain", "UpdateDomainConfig")
def log_permission(request: Request) -> None:
    """Source: developer guide, "Monitoring OpenSearch logs with Amazon CloudWatch Logs": actions and condition keys.

    The message is quoted in awsdocs/amazon-opensearch-service-developer-guide #59.
    """
    policies = [parse_json(one.policy_document) for one in request.backend("logs").resource_policies.values()]
    sent = source(request.account, request.arn("es", f"domain/{request['DomainName']}"))
    for option in (request["LogPublishingOptions"] or {}).values():
        group = (option.get("CloudWatchLogsLogGroupArn") or "").removesuffix(":*")
        calls = [
            ServiceCall(("es.amazonaws.com",), f"logs:{action}", f"{group}:log-stream:domain", sent)
            for action in ("CreateLogStream", "PutLogEvents", "PutLogEventsBatch")
        ]
        if group and not all(call.is_allowed_by(policies) for call in calls):
            name = group.split(":log-group:")[-1]
            raise _invalid(
                f"The Resource Access Policy specified for the CloudWatch Logs log group {name} does not grant sufficient "
                "permissions for Amazon OpenSearch Service to create a log stream. Please check the Resource Access Policy."
            )
