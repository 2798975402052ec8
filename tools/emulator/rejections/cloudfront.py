"""CloudFront: distributions."""

from .rejection import Rejection, rejects
from .request import Request


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
    config = (
        request["DistributionConfig"] or (request["DistributionConfigWithTags"] or {}).get("DistributionConfig") or {}
    )
    names = {origin.get("Id") for origin in (config.get("Origins") or {}).get("Items") or []}
    behaviors = [config.get("DefaultCacheBehavior") or {}, *((config.get("CacheBehaviors") or {}).get("Items") or [])]
    for behavior in behaviors:
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
    if arn and ":us-east-1:" not in arn:
        raise Rejection(
            "InvalidViewerCertificate",
            "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
        )


@rejects("cloudfront", "CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")
def taken_alias(request: Request) -> None:
    """Source: API reference of CreateDistribution, CNAMEAlreadyExists."""
    with_tags = request["DistributionConfigWithTags"] or {}
    config = request["DistributionConfig"] or with_tags.get("DistributionConfig") or {}
    aliases = set((config.get("Aliases") or {}).get("Items") or [])
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
