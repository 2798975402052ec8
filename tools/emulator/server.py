"""The AWS emulator: moto's server with its gaps filled. Started by emulator.ts.

Prints `ready PORT` once it listens. Exits when its standard input closes, so it never outlives its parent process.
"""

import argparse
import errno
import functools
import logging
import os
import sys
import threading

import botocore.session

# Read by moto at import time or later: AWS managed policies, certificates that are valid at once, no access to buckets of
# other accounts.
os.environ.update(
    MOTO_IAM_LOAD_MANAGED_POLICIES="true",
    MOTO_ACM_VALIDATION_WAIT="1",
    MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS="false",
)

# Sessions share the service models that they load. moto opens a session for each service, six of them for the model of EC2, and
# loading takes half of the CPU time of a start.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)

from moto import backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

import gaps  # noqa: F401  (imported for its side effect: it fills the gaps)
from connection import LingeringServer, ReplayRepeatedRequests
from holdings import ListHoldings
from recorded_calls import RecordCalls
from rejections import RejectLikeAws

PORT_TAKEN = 98
HOST = "127.0.0.1"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    port = arguments.parse_args().port

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    keep_list_of_modules()
    aws = RejectLikeAws(DomainDispatcherApplication(create_backend_app))
    server = listen(port, ListHoldings(ReplayRepeatedRequests(RecordCalls(aws))))
    # moto builds URLs, such as those of queues, from this.
    os.environ["MOTO_PORT"] = str(server.port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"ready {server.port}", flush=True)
    sys.stdout = sys.stderr  # the parent stops reading here, and moto prints its warnings to stdout
    wait_for_end_of_input()


def keep_list_of_modules() -> None:
    """Lists moto's folder once. moto does so for every request, which takes a third of the CPU time of a simple one."""
    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules


def listen(port: int, application) -> LingeringServer:
    try:
        return LingeringServer(HOST, port, application)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        sys.exit(PORT_TAKEN)


def wait_for_end_of_input() -> None:
    try:
        sys.stdin.read()
    except KeyboardInterrupt:
        pass  # Ctrl-C reaches the whole process group, and the parent prints the message


if __name__ == "__main__":
    main()
