"""What stands before moto: who asks, faults on request, the fillers, and one thing at a time."""

import io
import json
import re
import socket
import sys
import threading
import traceback
from collections import Counter
from typing import Any

from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug import Request, Response

import gaps
import world
from faults import Faults
from gaps import tokens
from gaps.filler import fillers
from inventory import inventory

CREDENTIAL = re.compile(r"Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/aws4_request")


class Front:
    """The application that the server serves."""

    def __init__(self) -> None:
        self.moto = DomainDispatcherApplication(create_backend_app)
        # moto keeps its state in plain dictionaries, and Terraform asks from ten threads.
        self.lock = threading.Lock()
        self.faults = Faults()
        self.calls: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
        request = Request(environ)
        if request.path.startswith("/emulator/"):
            return self.control(request)(environ, start_response)
        return self.answer(request, environ)(environ, start_response)

    def control(self, request: Request) -> Response:
        """What tests ask the emulator itself."""
        if request.path == "/emulator/faults" and request.method == "POST":
            self.faults.order(request.get_json())
            return Response(status=204)
        if request.path == "/emulator/faults":
            return Response(json.dumps(self.faults.left()), mimetype="application/json")
        if request.path == "/emulator/calls":
            return Response(json.dumps(self.calls), mimetype="application/json")
        if request.path == "/emulator/inventory":
            with self.lock:
                held = inventory(request.args["accounts"].split(","), request.args["region"])
            return Response(json.dumps(held), mimetype="application/json")
        if request.path == "/emulator/world" and request.method == "POST":
            with self.lock:
                world.more(request.get_json())
            return Response(status=204)
        if request.path == "/emulator/reload" and request.method == "POST":
            gaps.read(anew=True)
            return Response(status=204)
        return Response(status=404)

    def answer(self, request: Request, environ: dict[str, Any]) -> Any:
        credential = CREDENTIAL.search(request.headers.get("Authorization", ""))
        action = self.action(request, environ)
        key, region, service = credential.groups() if credential else ("", "", "sts")
        name = action or f"{request.method} {request.path}"
        fault = self.faults.due(service, name)
        if fault:
            fault.wait(served=False)
            if fault.before:
                return fault.response(request, service)
        with self.lock:
            self.calls[f"{service} {name}"] += 1
            if not credential and action != "AssumeRoleWithWebIdentity":
                return refused(request, "MissingAuthenticationToken", "Request is missing Authentication Token", 403)
            account = owner(key) if credential else ""
            if credential and not account:
                return refused(request, "InvalidClientTokenId", "The security token included in the request is invalid.", 403)
            try:
                token = tokens.key(service, action or request.path, account, region, request)
                response = tokens.answered(token) or self.handle(service, action, request, environ)
                tokens.remember(token, response)
            except Exception:  # noqa: BLE001: whatever moto does not know, is told as such
                print(f"--- {service} {name}", file=sys.stderr)
                traceback.print_exc(limit=-3)
                # No status at which clients try again.
                return refused(request, "NotEmulated", f"the emulator cannot do {service} {name}", 501)
        if fault:
            fault.wait(served=True)
        if fault and fault.kind == "lost":
            return fault.response(request, service)
        if fault and fault.kind == "cut":
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError("this answer was cut")
        return response

    def handle(self, service: str, action: str, request: Request, environ: dict[str, Any]) -> Any:
        filler = fillers.get(service)
        operation = filler.operation(request, action) if filler else None
        if operation:
            status, headers, body = operation(request)
            return Response(body, status=status, headers=headers)
        environ["wsgi.input"].seek(0)
        response = Response.from_app(self.moto, environ)
        if response.status_code == 404 and b"<title>404 Not Found</title>" in response.data:
            raise NotImplementedError("moto has no such path")
        return response

    @staticmethod
    def action(request: Request, environ: dict[str, Any]) -> str:
        """The operation, if the protocol names it: https://smithy.io/2.0/aws/protocols/index.html"""
        target = request.headers.get("X-Amz-Target", "")
        action = target.rpartition(".")[2]
        if not target and request.mimetype == "application/x-www-form-urlencoded":
            action = request.form.get("Action", "")
            environ["wsgi.input"].seek(0)
        return action


def owner(access_key: str) -> str:
    """The account of a key, empty if there is no such key: AWS knows no caller without one."""
    for account, backend in list(iam_backends.items()):
        if any(access_key in partition.access_keys for partition in backend.values()):
            return account
    return ""


def refused(request: Request, code: str, message: str, status: int, service: str = "") -> Response:
    """An error in the form that the caller's protocol has for it."""
    kind = request.mimetype
    if service == "s3":
        return Response(f"<Error><Code>{code}</Code><Message>{message}</Message></Error>", status=status, mimetype="application/xml")
    if kind.startswith("application/x-amz-json") or kind == "application/json":
        body, mimetype = json.dumps({"__type": code, "message": message}), kind
    else:
        body = (f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
                f"<Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
                f"<Code>{code}</Code><Message>{message}</Message></ErrorResponse>")
        mimetype = "text/xml"
    return Response(body, status=status, mimetype=mimetype, headers={"X-Amzn-ErrorType": code})
