import uuid

from moto.cloudfront import urls
from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow

from .patch import memory, missing_from

for path in ("", "/(?P<function_name>[^/]+)", "/(?P<function_name>[^/]+)/describe", "/(?P<function_name>[^/]+)/publish"):
    urls.url_paths["{0}/2020-05-31/function" + path + "$"] = CloudFrontResponse.dispatch


class NoSuchFunctionExists(CloudFrontException):
    def __init__(self) -> None:
        super().__init__("NoSuchFunctionExists", "The specified function does not exist.")


def _functions(response) -> dict:
    """Versions of each function by its name and stage, DEVELOPMENT or LIVE."""
    return memory(response.backend, "functions")


def _store(response, name: str) -> ActionResult:
    now = utcnow()
    _functions(response).setdefault(name, {})["DEVELOPMENT"] = {
        "Config": response._get_param("FunctionConfig"),
        "Code": response._get_param("FunctionCode"),
        "Time": now,
        "ETag": uuid.uuid4().hex[:13].upper(),
    }
    return _answer(response, name, "DEVELOPMENT")


def _find(response, name: str, stage: str) -> dict:
    try:
        return _functions(response)[name][stage]
    except KeyError:
        raise NoSuchFunctionExists() from None


def _answer(response, name: str, stage: str) -> ActionResult:
    version = _find(response, name, stage)
    summary = {
        "Name": name,
        "Status": "UNASSOCIATED",
        "FunctionConfig": version["Config"],
        "FunctionMetadata": {
            "FunctionARN": f"arn:aws:cloudfront::{response.current_account}:function/{name}",
            "Stage": stage,
            "CreatedTime": version["Time"],
            "LastModifiedTime": version["Time"],
        },
    }
    return ActionResult({"FunctionSummary": summary, "ETag": version["ETag"]})


@missing_from(CloudFrontResponse)
def create_function(self) -> ActionResult:
    """moto has no functions."""
    return _store(self, self._get_param("Name"))


@missing_from(CloudFrontResponse)
def update_function(self) -> ActionResult:
    """See create_function."""
    _find(self, self._get_param("Name"), "DEVELOPMENT")
    return _store(self, self._get_param("Name"))


@missing_from(CloudFrontResponse)
def publish_function(self) -> ActionResult:
    """See create_function."""
    name = self._get_param("Name")
    _functions(self)[name]["LIVE"] = _find(self, name, "DEVELOPMENT")
    return _answer(self, name, "LIVE")


@missing_from(CloudFrontResponse)
def describe_function(self) -> ActionResult:
    """See create_function."""
    return _answer(self, self._get_param("Name"), self._get_param("Stage") or "DEVELOPMENT")


@missing_from(CloudFrontResponse)
def get_function(self) -> ActionResult:
    """See create_function."""
    version = _find(self, self._get_param("Name"), self._get_param("Stage") or "DEVELOPMENT")
    return ActionResult(
        {"FunctionCode": version["Code"], "ETag": version["ETag"], "ContentType": "application/octet-stream"}
    )


@missing_from(CloudFrontResponse)
def delete_function(self) -> EmptyResult:
    """See create_function."""
    _find(self, self._get_param("Name"), "DEVELOPMENT")
    del _functions(self)[self._get_param("Name")]
    return EmptyResult()
