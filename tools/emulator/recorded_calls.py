"""Lists the calls that clients made, so that a test can compare them with the permissions of a role."""

import json

from rejections.request import REQUEST, SIGNATURE, Request

PATH = "/emulator/calls"


class RecordCalls:
    """Serves /emulator/calls: GET lists the calls since the start or since the last DELETE, each once.

    A call has the user agent, the service as it is named in the signature, the operation, and the ARN of the object,
    bucket, or key, or `*` for other resources. An operation that is unknown here is listed by its method and path.
    Unsigned requests are not listed.
    """

    def __init__(self, application):
        self.application = application
        self.calls: dict[tuple[str, str, str, str], None] = {}  # in the order of their first appearance

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == PATH:
            return self._serve(environ["REQUEST_METHOD"], start_response)
        signature = SIGNATURE.search(environ.get("HTTP_AUTHORIZATION", ""))
        unknown = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        response = self.application(environ, start_response)
        if signature:
            request = environ.get(REQUEST)
            operation, resource = (request.operation, _resource(request)) if request else (unknown, "*")
            self.calls[environ.get("HTTP_USER_AGENT", ""), signature["service"], operation, resource] = None
        return response

    def _serve(self, method: str, start_response):
        found = [dict(zip(("agent", "service", "operation", "resource"), call)) for call in list(self.calls)]
        if method == "DELETE":
            self.calls.clear()
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(found).encode()]


def _resource(request: Request) -> str:
    if request.service == "s3" and request["Bucket"]:
        return f"arn:aws:s3:::{'/'.join(filter(None, (request['Bucket'], request['Key'])))}"
    key = request["KeyId"] if request.service == "kms" else None
    return "*" if not key else key if key.startswith("arn:") else request.arn("kms", f"key/{key}")
