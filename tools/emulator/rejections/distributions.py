"""CloudFront: origins, cache behaviors, error pages, and restrictions of distributions.

Source: API reference of DistributionConfig and its parts; the words of errors with a code of their own are those of "Errors"
there. Messages of InvalidArgument are paraphrased.
"""

import re

from .constraints import enums_in
from .rejection import Rejection, rejects
from .request import Request

CHANGES = ("CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")
READING = {"GET", "HEAD"}
METHODS = (READING, READING | {"OPTIONS"}, READING | {"OPTIONS", "PUT", "PATCH", "POST", "DELETE"})
# Errors that may have a page of their own.
PAGE_ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
PATH_PATTERN = re.compile(r"""[\w*.$/~"'@:+&?-]{1,255}""", re.ASCII)
LONGEST_COMMENT = 128
# Of an origin, in attempts and seconds.
CONNECTION = {"ConnectionAttempts": (1, 3), "ConnectionTimeout": (1, 10)}
# Seconds. Higher values need another quota. The words name the time limit.
TIMEOUTS = {"OriginReadTimeout": ("read timeout", 120), "OriginKeepaliveTimeout": ("keep alive timeout", 120)}
LOWEST_PORT = 1024


def _invalid(message: str) -> Rejection:
    return Rejection("InvalidArgument", message)


@rejects("cloudfront", *CHANGES)
def distribution(request: Request) -> None:
    """Checks what does not depend on other resources."""
    with_tags = request["DistributionConfigWithTags"] or {}
    config = request["DistributionConfig"] or with_tags.get("DistributionConfig") or {}
    for origin in _items(config.get("Origins")):
        _check_origin(origin)
    others = _items(config.get("CacheBehaviors"))
    for behavior in [config.get("DefaultCacheBehavior") or {}, *others]:
        _check_behavior(behavior)
    patterns = [behavior.get("PathPattern") or "" for behavior in others]
    for pattern in patterns:
        if not PATH_PATTERN.fullmatch(pattern):
            raise _invalid(f"The parameter PathPattern contains invalid characters: {pattern}")
        if patterns.count(pattern) > 1:
            raise _invalid(f"The parameter PathPattern is not unique: {pattern}")
    for page in _items(config.get("CustomErrorResponses")):
        _check_page(page)
    _check_restriction((config.get("Restrictions") or {}).get("GeoRestriction") or {})
    if len(config.get("Comment") or "") > LONGEST_COMMENT:
        raise _invalid(f"The parameter Comment is longer than {LONGEST_COMMENT} characters.")


@rejects("cloudfront", *CHANGES, "CreateFunction", "UpdateFunction", "CreateOriginAccessControl", "CreateResponseHeadersPolicy")
def listed_values(request: Request) -> None:
    """Values of enums in botocore's model."""
    for name, value, allowed in enums_in(request.model.input_shape, request.params):
        if value not in allowed:
            raise _invalid(f"The parameter {name} must be one of [{', '.join(allowed)}], but was {value}.")


def _items(collection: dict | None) -> list:
    return (collection or {}).get("Items") or []


def _check_origin(origin: dict) -> None:
    path = origin.get("OriginPath") or ""
    if path and (not path.startswith("/") or path.endswith("/")):
        raise _invalid(f"The parameter OriginPath must begin with a slash and not end with one: {path}")
    for name, (least, most) in CONNECTION.items():
        if origin.get(name) is not None and not least <= int(origin[name]) <= most:
            raise _invalid(f"The parameter {name} must be between {least} and {most}.")
    custom = origin.get("CustomOriginConfig") or {}
    for name in ("HTTPPort", "HTTPSPort"):
        port = int(custom.get(name) or 80)
        if port not in (80, 443) and not LOWEST_PORT <= port <= 65_535:
            raise _invalid(f"The parameter {name} must be 80, 443, or between {LOWEST_PORT} and 65535.")
    for name, (words, most) in TIMEOUTS.items():
        if custom.get(name) is not None and not 1 <= int(custom[name]) <= most:
            raise Rejection(f"Invalid{name}", f"The {words} specified for the origin is not valid.")


def _check_behavior(behavior: dict) -> None:
    allowed = behavior.get("AllowedMethods") or {}
    methods, cached = _items(allowed), _items(allowed.get("CachedMethods"))
    if methods and set(methods) not in METHODS:
        raise _invalid("The parameter AllowedMethods must be HEAD and GET, with OPTIONS, or all seven methods.")
    if cached and (set(cached) not in METHODS[:2] or not set(cached) <= set(methods)):
        raise _invalid("The parameter CachedMethods must be HEAD and GET, or with OPTIONS, and be allowed.")
    for association in _items(behavior.get("FunctionAssociations")):
        if association.get("EventType") not in ("viewer-request", "viewer-response"):
            raise Rejection("InvalidFunctionAssociation", "A CloudFront function association is invalid.")


def _check_page(page: dict) -> None:
    path, code = page.get("ResponsePagePath") or "", page.get("ResponseCode") or ""
    if int(page.get("ErrorCode") or 0) not in PAGE_ERRORS:
        raise Rejection("InvalidErrorCode", "An invalid error code was specified.")
    if bool(path) != bool(code):
        raise Rejection("InvalidResponseCode", "A response code is not valid.")
    if path and not path.startswith("/"):
        raise _invalid(f"The parameter ResponsePagePath must begin with a slash: {path}")


def _check_restriction(restriction: dict) -> None:
    countries = _items(restriction)
    is_none = restriction.get("RestrictionType") == "none"
    wrong = [country for country in countries if not re.fullmatch("[A-Z]{2}", country)]
    if restriction and (is_none == bool(countries) or wrong):
        raise Rejection("InvalidGeoRestrictionParameter", "The specified geo restriction parameter is not valid.")


@rejects("cloudfront", *CHANGES)
def access_controls(request: Request) -> None:
    """Source: API reference of CreateDistribution, InvalidOriginAccessControl."""
    with_tags = request["DistributionConfigWithTags"] or {}
    config = request["DistributionConfig"] or with_tags.get("DistributionConfig") or {}
    known = request.backend().origin_access_controls
    for origin in _items(config.get("Origins")):
        if origin.get("OriginAccessControlId") and origin["OriginAccessControlId"] not in known:
            raise Rejection("InvalidOriginAccessControl", "The origin access control is not valid.")


# Headers that have a setting of their own. Source: API reference of ResponseHeadersPolicySecurityHeadersConfig.
SECURITY_HEADERS = (
    "content-security-policy", "referrer-policy", "strict-transport-security", "x-content-type-options", "x-frame-options",
    "x-xss-protection",
)  # fmt: skip


@rejects("cloudfront", "CreateResponseHeadersPolicy", "UpdateResponseHeadersPolicy")
def custom_headers(request: Request) -> None:
    """Source: API reference of ResponseHeadersPolicyCustomHeader; the message is paraphrased."""
    for header in _items((request["ResponseHeadersPolicyConfig"] or {}).get("CustomHeadersConfig")):
        name = header.get("Header") or ""
        if name.lower() in SECURITY_HEADERS:
            raise _invalid(
                f"The parameter CustomHeaders contains {name} that is a security header and cannot be set as custom header."
            )


# Bytes. Source: CloudFront developer guide, "Quotas on CloudFront Functions".
MOST_CODE = 10_240


@rejects("cloudfront", "CreateFunction", "UpdateFunction")
def function(request: Request) -> None:
    """Source: API reference of CreateFunction, Name and FunctionSizeLimitExceeded."""
    if not re.fullmatch(r"[\w-]{1,64}", request["Name"] or "", re.ASCII):
        raise _invalid("The parameter Name can only contain up to 64 letters, digits, underscores, and hyphens.")
    if len(request["FunctionCode"] or b"") > MOST_CODE:
        raise Rejection("FunctionSizeLimitExceeded", "The function exceeds the maximum size.", 413)
