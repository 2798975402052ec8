"""Connection handling, where moto's own server misleads clients."""

import io
import socket
import threading
from collections import OrderedDict

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

LINGER_SECONDS = 1.0
ANSWERS_KEPT = 2000
SECONDS_TO_WAIT_FOR_FIRST = 30


class WholeResponses(WSGIRequestHandler):
    """Sends headers and body together.

    Werkzeug sends the headers, each chunk, and its length separately. A client that has read the headers can then lose
    the connection before the rest: Terraform's AWS provider failed with "use of closed network connection".
    """

    wbufsize = 1 << 20


class LingeringServer(ThreadedWSGIServer):
    """Drains unread input before it closes a connection.

    Closing with unread bytes makes the kernel send a reset, which can overtake the response: the client then sees no
    response and sends its request again.
    """

    def __init__(self, host, port, application):
        # Bound here, because werkzeug prints advice and exits with code 1 when the port is in use.
        listener = socket.create_server((host, port), backlog=self.request_queue_size)
        super().__init__(host, port, application, WholeResponses, fd=listener.fileno())
        listener.close()
        self.port = self.socket.getsockname()[1]

    def shutdown_request(self, request) -> None:
        try:
            request.shutdown(socket.SHUT_WR)
            request.settimeout(LINGER_SECONDS)
            while request.recv(65536):
                pass
        except OSError:
            pass  # the client has already closed it
        self.close_request(request)


class ReplayRepeatedRequests:
    """Repeats the first response when a client retries a request.

    The AWS SDKs retry a request without a response under the same `amz-sdk-invocation-id`. AWS recognizes most retries
    by client tokens; moto creates a second resource or returns 409, and Terraform then fails or loses a resource.
    Server errors are not kept, because a retry is right for them.
    """

    def __init__(self, application):
        self.application = application
        self.answers: OrderedDict[str, _Answer] = OrderedDict()
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        invocation = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
        if not invocation or environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return self.application(environ, start_response)
        answer, is_first = self._answer_to(invocation)
        if is_first or not answer.is_worth_repeating():
            answer.record(self.application, environ)
        start_response(answer.status, answer.headers)
        return [answer.body]

    def _answer_to(self, invocation):
        with self.lock:
            if invocation in self.answers:
                return self.answers[invocation], False
            answer = self.answers[invocation] = _Answer()
            while len(self.answers) > ANSWERS_KEPT:
                self.answers.popitem(last=False)
            return answer, True


class _Answer:
    def __init__(self):
        self.done = threading.Event()
        self.status = "500 Internal Server Error"
        self.headers = []
        self.body = b""

    def record(self, application, environ) -> None:
        body = io.BytesIO()

        def start_response(status, headers, exc_info=None):
            self.status, self.headers = status, headers
            return body.write

        try:
            for part in application(environ, start_response):
                body.write(part)
            self.body = body.getvalue()
        finally:
            self.done.set()

    def is_worth_repeating(self) -> bool:
        self.done.wait(SECONDS_TO_WAIT_FOR_FIRST)
        return not self.status.startswith("5")
