"""CloudFront: distributions, their policies, and their logs."""

import re

from gaps.patch import memory
from moto.backends import get_backend

from .certificates import is_pending
from .rejection import Rejection, rejects
from .request import Request
from .s3 import enforces_owner

# AWS's own policies, whose IDs are the same in every account. Source: CloudFront developer guide, "Use managed cache policies",
# "Use managed origin request policies", and "Use managed response headers policies".
MANAGED_POLICIES = {
    "CachePolicyId": (
        "2e54312d-136d-493c-8eb9-b001f22f67d2",  # Amplify
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",  # CachingDisabled
        "658327ea-f89d-4fab-a63d-7e88639e58f6",  # CachingOptimized
        "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",  # CachingOptimizedForUncompressedObjects
        "08627262-05a9-4f76-9ded-b50ca2e3a84f",  # Elemental-MediaPackage
        "83da9c7e-98b4-4e11-a168-04f0df8e2c65",  # UseOriginCacheControlHeaders
        "4cc15a8a-d715-48a4-82b8-cc0b614638fe",  # UseOriginCacheControlHeaders-QueryStrings
    ),
    "OriginRequestPolicyId": (
        "216adef6-5c7f-47e4-b989-5492eafa07d3",  # AllViewer
        "33f36d7e-f396-46d9-90e0-52428a34d9dc",  # AllViewerAndCloudFrontHeaders-2022-06
        "b689b0a8-53d0-40ab-baf2-68738e2966ac",  # AllViewerExceptHostHeader
        "59781a5b-3903-41f3-afcb-af62929ccde1",  # CORS-CustomOrigin
        "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",  # CORS-S3Origin
        "775133bc-15f2-49f9-abea-afb2e0bf67d2",  # Elemental-MediaTailor-PersonalizedManifests
        "bf0718e1-ba1e-49d1-88b1-f726733018ae",  # HostHeaderOnly
        "acba4595-bd28-49b8-b9fe-13317c0390fa",  # UserAgentRefererHeaders
    ),
    "ResponseHeadersPolicyId": (
        "e61eb60c-9c35-4d20-a928-2b84e02af89c",  # CORS-and-SecurityHeadersPolicy
        "5cc3b908-e619-4b99-88e5-2cf7f45965bd",  # CORS-With-Preflight
        "eaab4381-ed33-4a86-88ca-d9558dc6cd63",  # CORS-with-preflight-and-SecurityHeadersPolicy
        "67f7725c-6f97-4210-82d7-5512b31e9d03",  # SecurityHeadersPolicy
        "60669652-455b-4ae9-85a4-c4c02393f86c",  # SimpleCORS
    ),
}
# Region of CloudFront's certificates.
EDGE_REGION = "us-east-1"


def _config(request: Request) -> dict:
    with_tags = request["DistributionConfigWithTags"] or {}
    return request["DistributionConfig"] or with_tags.get("DistributionConfig") or {}


def _behaviors(config: dict) -> list[dict]:
    return [config.get("DefaultCacheBehavior") or {}, *((config.get("CacheBehaviors") or {}).get("Items") or [])]


@rejects("cloudfront", "DeleteDistribution")
def enabled_distribution(request: Request) -> None:
    """Source: API reference of DeleteDistribution, DistributionNotDisabled."""
    found = request.backend().distributions.get(request["Id"])
    if found is not None and str(getattr(found.distribution_config, "Enabled", False)).lower() == "true":
        raise Rejection(
            "DistributionNotDisabled", "The distribution you are trying to delete has not been disabled.", 409
        )


@rejects("cloudfront", "CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")
def origins(request: Request) -> None:
    """Source: API reference of CreateDistribution, NoSuchOrigin, InvalidViewerCertificate, and InvalidArgument."""
    config = _config(request)
    names = {origin.get("Id") for origin in (config.get("Origins") or {}).get("Items") or []}
    for behavior in _behaviors(config):
        target = behavior.get("TargetOriginId")
        if target and target not in names:
            raise Rejection("NoSuchOrigin", "One or more of your origins or origin groups do not exist.", 404)
        if behavior.get("CachePolicyId") and behavior.get("ForwardedValues"):
            raise Rejection(
                "InvalidArgument",
                "The parameter ForwardedValues cannot be used when a cache policy is associated to the cache behavior.",
            )
    if not names:
        raise Rejection("InvalidArgument", "The parameter Origins must contain at least one origin.")
    aliases = (config.get("Aliases") or {}).get("Items") or []
    certificate = config.get("ViewerCertificate") or {}
    if aliases and not (certificate.get("ACMCertificateArn") or certificate.get("IAMCertificateId")):
        raise Rejection(
            "InvalidViewerCertificate",
            "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate "
            "that validates your authorization to use the domain name.",
        )
    arn = certificate.get("ACMCertificateArn")
    if arn and (is_pending(arn) or f":{EDGE_REGION}:" not in arn):
        raise Rejection(
            "InvalidViewerCertificate",
            "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
        )


@rejects("cloudfront", "CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")
def unknown_policies(request: Request) -> None:
    """Source: API reference of CreateDistribution. Public reports quote the messages about the first two; the third
    follows them.
    """
    own = {"ResponseHeadersPolicyId": memory(request.backend(), "response_headers_policies")}
    for behavior in _behaviors(_config(request)):
        for field, managed in MANAGED_POLICIES.items():
            policy = behavior.get(field)
            if policy and policy not in managed and policy not in own.get(field, ()):
                kind = re.sub(r"([A-Z])", r" \1", field.removesuffix("Id")).strip().lower()
                raise Rejection(
                    f"NoSuch{field.removesuffix('Id')}", f"The specified {kind} does not exist.", 404
                )


@rejects("cloudfront", "CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")
def web_acl(request: Request) -> None:
    """Source: API reference of CreateDistribution, InvalidWebACLId; public reports quote the message."""
    arn = _config(request).get("WebACLId")
    known = get_backend("wafv2")[request.account]["global"].wacls.values()
    if arn and not any(acl.arn == arn for acl in known):
        raise Rejection("InvalidWebACLId", "Web ACL is not accessible by the requester.")


@rejects("cloudfront", "CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")
def log_bucket(request: Request) -> None:
    """Source: developer guide, "Configure standard logging (legacy)": CloudFront writes with the bucket's ACL. Public reports
    quote the messages.
    """
    logging = _config(request).get("Logging") or {}
    address = logging.get("Bucket") or ""
    if not logging.get("Enabled") or str(logging["Enabled"]).lower() == "false":
        return
    bucket = request.backend("s3").buckets.get(address.split(".s3.")[0])
    if bucket is None or not address.endswith(".amazonaws.com"):
        raise Rejection("InvalidArgument", "The parameter Logging Bucket does not refer to a valid S3 bucket.")
    if enforces_owner(bucket):
        raise Rejection(
            "InvalidArgument",
            f"The S3 bucket that you specified for CloudFront logs does not enable ACL access: {address}",
        )


@rejects("cloudfront", "CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")
def taken_alias(request: Request) -> None:
    """Source: API reference of CreateDistribution, CNAMEAlreadyExists."""
    aliases = set((_config(request).get("Aliases") or {}).get("Items") or [])
    for id_, other in request.backend().distributions.items():
        if id_ != request["Id"] and aliases & set(other.distribution_config.Aliases.get("Items") or []):
            raise Rejection(
                "CNAMEAlreadyExists",
                "One or more of the CNAMEs you provided are already associated with a different resource.",
                409,
            )


@rejects("cloudfront", "CreateOriginAccessControl")
def taken_access_control(request: Request) -> None:
    """Source: API reference of CreateOriginAccessControl, OriginAccessControlAlreadyExists."""
    name = request["OriginAccessControlConfig"]["Name"]
    if any(other.name == name for other in request.backend().origin_access_controls.values()):
        raise Rejection(
            "OriginAccessControlAlreadyExists", "An origin access control with the same name already exists.", 409
        )


@rejects("cloudfront", "CreateResponseHeadersPolicy")
def taken_headers_policy(request: Request) -> None:
    """Source: API reference of CreateResponseHeadersPolicy, ResponseHeadersPolicyAlreadyExists."""
    name = request["ResponseHeadersPolicyConfig"]["Name"]
    policies = memory(request.backend(), "response_headers_policies").values()
    if any(policy["ResponseHeadersPolicyConfig"]["Name"] == name for policy in policies):
        raise Rejection(
            "ResponseHeadersPolicyAlreadyExists",
            "A response headers policy with this name already exists. You must provide a unique name. To modify an existing "
            "response headers policy, use UpdateResponseHeadersPolicy.",
            409,
        )


@rejects("cloudfront", "DeleteResponseHeadersPolicy")
def headers_policy_in_use(request: Request) -> None:
    """Source: API reference of DeleteResponseHeadersPolicy, ResponseHeadersPolicyInUse."""
    for distribution in request.backend().distributions.values():
        config = distribution.distribution_config
        behaviors = [config.DefaultCacheBehavior, *(config.CacheBehaviors.get("Items") or [])]
        if any(behavior.response_headers_policy_id == request["Id"] for behavior in behaviors):
            raise Rejection(
                "ResponseHeadersPolicyInUse",
                "Cannot delete the response headers policy because it is attached to one or more cache behaviors in a "
                "CloudFront distribution.",
                409,
            )


@rejects("cloudfront", "DeleteFunction")
def function_in_use(request: Request) -> None:
    """Source: API reference of DeleteFunction, FunctionInUse; public reports quote the message."""
    name = request["Name"]
    users = 0
    for distribution in request.backend().distributions.values():
        config = distribution.distribution_config
        behaviors = [config.DefaultCacheBehavior, *(config.CacheBehaviors.get("Items") or [])]
        functions = [one for behavior in behaviors for one in behavior.function_associations.get("Items") or []]
        users += any(one["FunctionARN"].endswith(f":function/{name}") for one in functions)
    if users:
        raise Rejection("FunctionInUse", f"Cannot delete function {name}, it is in use by {users} distributions", 409)


@rejects("cloudfront", "DeleteOriginAccessControl")
def access_control_in_use(request: Request) -> None:
    """Source: API reference of DeleteOriginAccessControl, OriginAccessControlInUse."""
    for distribution in request.backend().distributions.values():
        for origin in distribution.distribution_config.Origins["Items"]:
            if origin.origin_access_control_id == request["Id"]:
                raise Rejection(
                    "OriginAccessControlInUse",
                    "Cannot delete the origin access control because it's in use by one or more distributions.",
                    409,
                )
