"""WSGI middleware that answers rejected requests and applies the consequences of the others."""

import warnings

from moto.core.request import determine_request_protocol
from moto.core.responses import ActionContext, ActionResult, BaseResponse
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from turns import own_turn

from . import constraints, tags
from .rejection import Rejection, check, conclude
from .request import Request, read_request


# moto warns about error codes that the service's model does not list; AWS returns such codes all the same.
warnings.filterwarnings("ignore", message=r"Exception\(Rejection\)")


class RejectLikeAws:
    """Responds with AWS's error to a request that AWS rejects, and passes all others on to moto."""

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        request = read_request(environ)
        with own_turn():
            return self._answer(request, environ, start_response)

    def _answer(self, request: Request | None, environ, start_response):
        if request is None:
            return self.application(environ, start_response)
        try:
            constraints.check(request)
            tags.check(request)
            check(request)
        except Rejection as rejection:
            return _respond(request, rejection, start_response)
        statuses = []

        def start(status, headers, exc_info=None):
            statuses.append(status)
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        body = self.application(environ, start)
        if statuses and statuses[0].startswith("2"):
            conclude(request)
        return body


def _respond(request: Request, rejection: Rejection, start_response):
    model = get_service_model(request.service)
    protocol = determine_request_protocol(model, request.headers.get("Content-Type"))
    serializer = get_serializer_class(model.service_name, protocol)
    context = ActionContext(model, request.model, serializer, BaseResponse(request.service))
    _, headers, body = ActionResult(rejection).execute_result(context)
    content = b"" if request.model.http["method"] == "HEAD" else body.encode() if isinstance(body, str) else body
    kept = [(name, str(value)) for name, value in headers.items() if name.lower() != "content-length"]
    start_response(f"{rejection.status} Rejected", [*kept, ("Content-Length", str(len(content)))])
    return [content]
