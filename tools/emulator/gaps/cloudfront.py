import uuid

from moto.cloudfront import urls
from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.models import DefaultCacheBehaviour, Origin, ViewerCertificate
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow

from .patch import around, memory, missing_from

urls.url_paths["{0}/2020-05-31/response-headers-policy$"] = CloudFrontResponse.dispatch
urls.url_paths["{0}/2020-05-31/response-headers-policy/(?P<policy_id>[^/]+)$"] = CloudFrontResponse.dispatch


class NoSuchResponseHeadersPolicy(CloudFrontException):
    def __init__(self) -> None:
        super().__init__("NoSuchResponseHeadersPolicy", "The specified response headers policy does not exist.")


def _policies(response) -> dict:
    return memory(response.backend, "response_headers_policies")


def _answer(policy) -> ActionResult:
    return ActionResult({"ResponseHeadersPolicy": policy, "ETag": policy["ETag"]})


def _store(response, policy_id: str) -> ActionResult:
    _policies(response)[policy_id] = {
        "Id": policy_id,
        "LastModifiedTime": utcnow(),
        "ResponseHeadersPolicyConfig": response._get_param("ResponseHeadersPolicyConfig"),
        "ETag": uuid.uuid4().hex[:13].upper(),
    }
    return _answer(_policies(response)[policy_id])


def _find(response):
    try:
        return _policies(response)[response._get_param("Id")]
    except KeyError:
        raise NoSuchResponseHeadersPolicy() from None


@missing_from(CloudFrontResponse)
def create_response_headers_policy(self) -> ActionResult:
    """moto has no response headers policies."""
    return _store(self, str(uuid.uuid4()))


@missing_from(CloudFrontResponse)
def get_response_headers_policy(self) -> ActionResult:
    """See create_response_headers_policy."""
    return _answer(_find(self))


@missing_from(CloudFrontResponse)
def update_response_headers_policy(self) -> ActionResult:
    """See create_response_headers_policy."""
    return _store(self, _find(self)["Id"])


@missing_from(CloudFrontResponse)
def delete_response_headers_policy(self) -> ActionResult:
    """See create_response_headers_policy."""
    del _policies(self)[_find(self)["Id"]]
    return EmptyResult()


@missing_from(CloudFrontResponse)
def list_response_headers_policies(self) -> ActionResult:
    """See create_response_headers_policy. There are no managed policies."""
    items = [{"Type": "custom", "ResponseHeadersPolicy": policy} for policy in _policies(self).values()]
    return ActionResult({"ResponseHeadersPolicyList": {"MaxItems": 100, "Quantity": len(items), "Items": items}})


@around(Origin, "__init__")
def keep_access_control(original, self, origin) -> None:
    """moto drops an origin's access control, so every plan sets it again."""
    original(self, origin)
    self.origin_access_control_id = origin.get("OriginAccessControlId", "")


@around(ViewerCertificate, "__init__")
def leave_out_support_method(original, self, config) -> None:
    """AWS returns an SSL support method only for a custom certificate; moto always returns one."""
    original(self, config)
    if self.acm_certificate_arn:
        self.cloud_front_default_certificate = False
    elif self.cloud_front_default_certificate:
        self.ssl_support_method = None


@around(DefaultCacheBehaviour, "__init__")
def complete_behavior(original, self, config) -> None:
    """moto drops a behavior's functions, and invents forwarded values for one with a cache policy, which has none in AWS."""
    original(self, config)
    functions = (config.get("FunctionAssociations") or {}).get("Items") or []
    self.function_associations = {"Quantity": len(functions), "Items": functions or None}
    if config.get("CachePolicyId"):
        self.forwarded_values = None
