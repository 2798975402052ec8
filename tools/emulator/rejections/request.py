"""A request to AWS: service, operation, and parameters, read with botocore's service models."""

import functools
import io
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from botocore.model import OperationModel
from moto.backends import get_backend
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import determine_request_protocol
from moto.core.utils import get_service_model, gzip_decompress
from moto.settings import MAX_FORM_MEMORY_SIZE
from werkzeug.wrappers import Request as HttpRequest

# botocore's names of the services whose requests are checked, by the name in the signature.
SERVICES = {
    "acm": "acm",
    "application-autoscaling": "application-autoscaling",
    "budgets": "budgets",
    "cloudfront": "cloudfront",
    "codebuild": "codebuild",
    "codecommit": "codecommit",
    "codeconnections": "codeconnections",
    "codedeploy": "codedeploy",
    "codepipeline": "codepipeline",
    "codestar-connections": "codestar-connections",
    "codestar-notifications": "codestar-notifications",
    "cognito-identity": "cognito-identity",
    "cognito-idp": "cognito-idp",
    "dynamodb": "dynamodb",
    "ec2": "ec2",
    "ecr": "ecr",
    "ecs": "ecs",
    "elasticloadbalancing": "elbv2",
    "es": "opensearch",
    "events": "events",
    "iam": "iam",
    "kms": "kms",
    "lambda": "lambda",
    "logs": "logs",
    "monitoring": "cloudwatch",
    "route53": "route53",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "servicediscovery": "servicediscovery",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
    "sts": "sts",
    "wafv2": "wafv2",
    "xray": "xray",
}
GLOBAL = ("budgets", "cloudfront", "iam", "route53", "s3", "sts")
SIGNATURE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
# Key of the request in its WSGI environment, once it has been read.
REQUEST = "emulator.request"
ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Request:
    """One signed request. `params` has the members of the operation's input shape."""

    service: str
    operation: str
    model: OperationModel
    params: dict[str, Any]
    region: str
    headers: Any
    account: str = ACCOUNT

    def __getitem__(self, name: str) -> Any:
        return self.params.get(name)

    def backend(self, service: str | None = None):
        """moto's state of a service in the request's account and region; by default the request's own service."""
        name = service or self.service
        return get_backend(name)[self.account]["aws" if name in GLOBAL else self.region]

    def arn(self, service: str, resource: str) -> str:
        """ARN of a resource in the request's region and account."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


def read_request(environ) -> Request | None:
    """Reads a request and leaves its body in place; None for unsigned requests and unknown operations."""
    signature = SIGNATURE.search(environ.get("HTTP_AUTHORIZATION", ""))
    service = signature and SERVICES.get(signature["service"].lower())
    if not service:
        return None
    http = HttpRequest(environ, populate_request=False)
    HttpRequest.max_form_memory_size = MAX_FORM_MEMORY_SIZE
    body = _take_body(environ, http, service)
    model = get_service_model(service)
    path = http.environ.get("RAW_URI", http.path).split("?")[0]
    operation, in_path = _operation(model, http, body, path)
    if operation is None:
        return None
    protocol = _protocol(model, http)
    if protocol not in PROTOCOL_PARSERS:
        return None
    parts = {
        "method": http.method,
        "values": _values(http, body),
        "headers": http.headers,
        "body": b"" if _is_object_body(operation) else body,
        "url_path": path,
        "url_params": in_path,
    }
    try:
        params = PROTOCOL_PARSERS[protocol](operation, map_type=dict).parse(parts)
    except RequestParserError:
        return None  # moto reports a malformed body itself
    environ[REQUEST] = Request(service, operation.name, operation, params, signature["region"], http.headers)
    return environ[REQUEST]


def _is_object_body(operation: OperationModel) -> bool:
    """True when the body of an S3 request is an object's content and not XML."""
    shape = operation.input_shape
    payload = shape is not None and shape.serialization.get("payload")
    return operation.service_model.service_name == "s3" and payload and shape.members[payload].type_name == "blob"


def _protocol(model, http) -> str:
    try:
        return determine_request_protocol(model, http.content_type)
    except NotImplementedError:
        return ""


def _take_body(environ, http, service: str) -> bytes:
    """Reads the body, and puts it back without its compression: moto would unzip a body in JSON twice. The encoding of an
    object of S3 is a part of it.
    """
    body = http.get_data(cache=False)
    if service != "s3" and http.headers.get("Content-Encoding") == "gzip" and body:
        body = gzip_decompress(body)
        del environ["HTTP_CONTENT_ENCODING"]
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ.pop("wsgi.input_terminated", None)
    return body


def _values(http, body: bytes):
    copy = {**http.environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    return HttpRequest(copy).values


def _operation(model, http, body: bytes, path: str):
    target = http.headers.get("X-Amz-Target")
    if target:
        return _named(model, target.split(".")[-1]), {}
    action = http.args.get("Action") or parse_qs(body.decode("utf-8", "replace")).get("Action", [None])[0]
    if {"query", "ec2"} & set(model.metadata.get("protocols", [model.protocol])):
        return _named(model, action), {}
    return _routed(model, http, path)


def _named(model, name: str | None):
    return model.operation_model(name) if name in model.operation_names else None


def _routed(model, http, path: str):
    """Finds a REST operation. Of those that share a path, the one with the most matching query keys and headers wins."""
    best, best_rank, in_path = None, (-1, -1), {}
    for route in _routes(model):
        match = route.method == http.method and route.path.fullmatch(path)
        if match and route.fits(http):
            rank = (len(route.query) + len(route.headers), -len(route.names))
            if rank > best_rank:
                best, best_rank = route.operation, rank
                in_path = dict(zip(route.names, map(unquote, match.groups())))
    return (model.operation_model(best), in_path) if best else (None, {})


@dataclass(frozen=True)
class Route:
    """Path, query keys, and headers that identify a REST operation."""

    operation: str
    method: str
    path: re.Pattern
    names: list[str]
    query: dict[str, str | None]
    headers: list[str]

    def fits(self, http) -> bool:
        """True when a request has all query keys and headers of the operation."""
        return all(name in http.headers for name in self.headers) and all(
            key in http.args and (value is None or http.args[key] == value) for key, value in self.query.items()
        )


@functools.cache
def _routes(model) -> list[Route]:
    names = (name for name in model.operation_names if not model.operation_model(name).deprecated)
    return [_route(model.operation_model(name)) for name in names]


def _route(operation: OperationModel) -> Route:
    path, _, query = operation.http["requestUri"].partition("?")
    parts = re.split(r"(\{.+?\})", path.rstrip("/") or "/")
    regex = "".join(
        ("(.+)" if part.endswith("+}") else "([^/]+)") if part.startswith("{") else re.escape(part) for part in parts
    )
    keys = {key: (values[0] or None) for key, values in parse_qs(query, keep_blank_values=True).items()}
    required = {"querystring": [], "header": []}
    shape = operation.input_shape
    for name in shape.required_members if shape else []:
        serialization = shape.members[name].serialization
        required.get(serialization.get("location"), []).append(serialization.get("name", name))
    return Route(
        operation.name,
        operation.http["method"],
        re.compile(regex + "/?"),
        [found.rstrip("+") for found in re.findall(r"\{(.+?)\}", path)],
        {**dict.fromkeys(required["querystring"]), **keys},
        required["header"],
    )
