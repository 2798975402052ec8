"""The AWS emulator: moto's server with its gaps filled. Started by emulator.ts.

Prints `ready PORT` once it listens. Ends when its standard input closes, so it never outlives who started it.
"""

import argparse
import errno
import logging
import os
import sys
import threading

# What moto reads while it is imported, or later: AWS's own policies, certificates valid at once, buckets of other
# accounts out of reach.
os.environ.update(
    MOTO_IAM_LOAD_MANAGED_POLICIES="true",
    MOTO_ACM_VALIDATION_WAIT="1",
    MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS="false",
)

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

import gaps  # noqa: F401  (importing fills the gaps)
from connection import LingeringServer, ReplayRepeatedRequests
from holdings import TellHoldings

PORT_TAKEN = 98
HOST = "127.0.0.1"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    port = arguments.parse_args().port

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = listen(port, TellHoldings(ReplayRepeatedRequests(DomainDispatcherApplication(create_backend_app))))
    # moto builds some addresses of its own, such as a queue's, from this.
    os.environ["MOTO_PORT"] = str(server.port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"ready {server.port}", flush=True)
    sys.stdout = sys.stderr  # nobody reads the output any more, and moto prints complaints to it
    wait_for_end_of_input()


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
        pass  # Ctrl-C reaches the whole process group; whoever started us says goodbye


if __name__ == "__main__":
    main()
