"""Runs Lambda functions in Node.js: one process per function, which is reused, behind a Runtime API.

Responses match Lambda's: see "Using the Lambda runtime API for custom runtimes" and "Understanding retry behavior" in the
Lambda developer guide. lambda-runtime.mjs is the client of the API.
"""

import atexit
import io
import json
import os
import queue
import subprocess
import tempfile
import threading
import time
import uuid
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

RUNTIME = Path(__file__).parent / "lambda-runtime.mjs"
API = "/2018-06-01/runtime"
# Seconds to wait for the last output of a process that has ended.
OUTPUT_SECONDS = 1
TOO_LARGE = "Response payload size exceeded maximum allowed payload size (6291556 bytes)."
MOST_BYTES = 6_291_556


@dataclass(frozen=True)
class Configuration:
    """What a process depends on; a change replaces it."""

    name: str
    arn: str
    region: str
    handler: str
    memory: int
    code: bytes
    variables: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Response:
    """Result of an invocation: a JSON text, whether the function failed, and its output."""

    payload: str
    failed: bool
    output: str


@dataclass
class _Invocation:
    event: bytes
    deadline: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    done: queue.Queue = field(default_factory=queue.Queue)


class RuntimeApiServer(ThreadingHTTPServer):
    """HTTP server that ignores connections cut by a killed process."""

    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """Ignores errors of single connections."""


class ExecutionEnvironment:
    """A function's process. Invocations run one at a time."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.lock = threading.Lock()
        self.process: subprocess.Popen | None = None

    def invoke(self, event: str, timeout: float) -> Response:
        """Invokes the function; a process that timed out or ended is replaced by the next invocation."""
        with self.lock:
            if self.process is None:
                self._start()
            invocation = _Invocation(event.encode(), time.time() + timeout)
            self.current = invocation
            self.events.put(invocation)
            status, body = self._wait(invocation, timeout)
            alive = status == "response" or (status == "error" and not _ends_process(body))
            if not alive:
                self.stop()
            return Response(body, status != "response", self._take_output(wait=not alive))

    def stop(self) -> None:
        """Ends the process and its Runtime API."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.server.shutdown()
            self.server.server_close()
            self.reader.join(OUTPUT_SECONDS)
            self.folder.cleanup()
            self.process = None

    def _start(self) -> None:
        self.events: queue.Queue[_Invocation] = queue.Queue()
        self.output = ""
        self.current: _Invocation | None = None
        self.init_error: str | None = None
        self.folder = tempfile.TemporaryDirectory()
        zipfile.ZipFile(io.BytesIO(self.configuration.code)).extractall(self.folder.name)
        self.server = RuntimeApiServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.process = subprocess.Popen(
            ["node", RUNTIME],
            cwd=self.folder.name,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        self.reader = threading.Thread(target=self._read_output, args=(self.process,), daemon=True)
        self.reader.start()

    def _environment(self) -> dict[str, str]:
        """Source: Lambda developer guide, "Defined runtime environment variables"."""
        configuration = self.configuration
        return {
            "PATH": os.environ["PATH"],
            "TZ": ":UTC",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['MOTO_PORT']}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_SESSION_TOKEN": "test",
            "AWS_REGION": configuration.region,
            "AWS_DEFAULT_REGION": configuration.region,
            "AWS_LAMBDA_FUNCTION_NAME": configuration.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration.memory),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{configuration.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": f"{time.strftime('%Y/%m/%d')}/[$LATEST]{uuid.uuid4().hex}",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_port}",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "LAMBDA_TASK_ROOT": self.folder.name,
            "_HANDLER": configuration.handler,
            **dict(configuration.variables),
        }

    def _wait(self, invocation: _Invocation, timeout: float) -> tuple[str, str]:
        end = time.time() + timeout
        while time.time() < end:
            try:
                status, body = invocation.done.get(timeout=0.05)
            except queue.Empty:
                if self.process.poll() is not None and invocation.done.empty():
                    return "exit", self.init_error or _exit_error(invocation.id, self.process.returncode)
                continue
            if len(body.encode()) > MOST_BYTES:
                error = {"errorMessage": TOO_LARGE, "errorType": "Function.ResponseSizeTooLarge"}
                return "error", json.dumps(error)
            return status, body
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        return "timeout", json.dumps(
            {"errorMessage": f"{stamp} {invocation.id} Task timed out after {timeout:.2f} seconds"}
        )

    def _read_output(self, process: subprocess.Popen) -> None:
        for line in process.stdout:
            self.output += line

    def _take_output(self, wait: bool) -> str:
        if wait:
            self.reader.join(OUTPUT_SECONDS)
        output, self.output = self.output, ""
        return output


def _ends_process(error: str) -> bool:
    """True for errors after which the runtime ends its process, such as an unhandled rejection."""
    return json.loads(error)["errorType"].startswith("Runtime.")


def _exit_error(request_id: str, status: int) -> str:
    how = f"exit status {status}" if status > 0 else f"signal: {-status}" if status < 0 else None
    what = f"Runtime exited with error: {how}" if how else "Runtime exited without providing a reason"
    return json.dumps({"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: {request_id} Error: {what}"})


def _handler(environment: ExecutionEnvironment):
    class RuntimeApi(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            invocation = environment.events.get()
            self._respond(
                200,
                invocation.event,
                {
                    "Lambda-Runtime-Aws-Request-Id": invocation.id,
                    "Lambda-Runtime-Deadline-Ms": str(int(invocation.deadline * 1000)),
                    "Lambda-Runtime-Invoked-Function-Arn": environment.configuration.arn,
                },
            )

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            kind = self.path.rsplit("/", 1)[-1]
            if self.path == f"{API}/init/error":
                environment.init_error = body
            elif environment.current is not None and environment.current.id in self.path:
                environment.current.done.put((kind, body))
            self._respond(202, b"{}", {})

        def _respond(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            """Keeps requests out of the emulator's log."""

    return RuntimeApi


_environments: dict[str, ExecutionEnvironment] = {}
_lock = threading.Lock()


def invoke(configuration: Configuration, event: str, timeout: float) -> Response:
    """Invokes a function in its process, which is replaced when the function has changed."""
    with _lock:
        found = _environments.get(configuration.arn)
        if found is None or found.configuration != configuration:
            if found is not None:
                found.stop()
            found = _environments[configuration.arn] = ExecutionEnvironment(configuration)
    return found.invoke(event, timeout)


@atexit.register
def _stop_all() -> None:
    for environment in _environments.values():
        environment.stop()
