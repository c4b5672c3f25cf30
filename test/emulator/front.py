"""What stands before moto: who asks, faults on request, the fillers, and one thing at a time."""

import io
import json
import re
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
from gaps.filler import fillers

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
            fault.wait()
            if fault.before:
                return fault.response(request)
        with self.lock:
            self.calls[f"{service} {name}"] += 1
            if not credential and action != "AssumeRoleWithWebIdentity":
                return refused(request, "MissingAuthenticationToken", "Request is missing Authentication Token", 403)
            if credential and not known(key):
                return refused(request, "InvalidClientTokenId", "The security token included in the request is invalid.", 403)
            try:
                response = self.handle(service, action, request, environ)
            except Exception:  # noqa: BLE001: whatever moto does not know, is told as such
                print(f"--- {service} {name}", file=sys.stderr)
                traceback.print_exc(limit=-3)
                # No status at which clients try again.
                return refused(request, "NotEmulated", f"the emulator cannot do {service} {name}", 501)
        if fault and fault.kind == "lost":
            return fault.response(request)
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


def known(access_key: str) -> bool:
    """Whether there is such a key: AWS knows no caller without one."""
    return any(access_key in partition.access_keys for account in list(iam_backends.values()) for partition in account.values())


def refused(request: Request, code: str, message: str, status: int) -> Response:
    """An error in the form that the caller's protocol has for it."""
    kind = request.mimetype
    if kind.startswith("application/x-amz-json") or kind == "application/json":
        body, mimetype = json.dumps({"__type": code, "message": message}), kind
    else:
        body = (f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
                f"<Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
                f"<Code>{code}</Code><Message>{message}</Message></ErrorResponse>")
        mimetype = "text/xml"
    return Response(body, status=status, mimetype=mimetype, headers={"X-Amzn-ErrorType": code})
