"""An AWS on this machine, for one estate: moto, with its gaps filled.

    python3 test/emulator --ready FILE < world.json

The first line of the input says what is there before anything is deployed: see world.py. What is
written to FILE when the emulator answers is its address, and the credentials of who deploys. It
ends with its input.
"""

import argparse
import json
import os
import sys
import threading

# Read by moto when it is imported. Roles attach policies that AWS manages.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
os.environ["MOTO_ALLOW_NONEXISTENT_REGION"] = "true"
os.environ["MOTO_ACM_VALIDATION_WAIT"] = "0"

from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402

import gaps  # noqa: E402, F401
from front import Front  # noqa: E402
from world import make  # noqa: E402


class Handler(WSGIRequestHandler):
    # Clients keep their connections.
    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 test/emulator")
    parser.add_argument("--port", type=int, default=0, help="0 for one that is free")
    parser.add_argument("--ready", required=True)
    arguments = parser.parse_args()
    credentials = make(json.loads(sys.stdin.readline()))
    server = make_server("127.0.0.1", arguments.port, Front(), threaded=True, request_handler=Handler)
    os.environ["MOTO_PORT"] = str(server.server_port)
    ready = {"endpoint": f"http://127.0.0.1:{server.server_port}", **credentials}
    with open(arguments.ready + ".part", "w") as file:
        json.dump(ready, file)
    os.rename(arguments.ready + ".part", arguments.ready)
    threading.Thread(target=until_input_ends, args=(server,), daemon=True).start()
    server.serve_forever()


def until_input_ends(server: object) -> None:
    while sys.stdin.read(1024):
        pass
    server.shutdown()


main()
