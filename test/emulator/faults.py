"""Faults on request: what AWS does to whoever deploys, now and then."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from werkzeug import Request, Response


@dataclass
class Fault:
    """Something that goes wrong with some requests.

    kind is "throttled", "error" (a 500), "refused" (a permission is missing), "slow" (is served after
    `seconds`), or one where the request is served at once and the caller does not know it: "lost", the
    answer is a 500, "cut", there is none, since the connection is closed, and "late", it comes after
    `seconds`. All others wait `seconds` before.
    service and operation say which requests, empty all; the first `skip` of them are served,
    and then `count` of them are not.
    """

    kind: str
    service: str = ""
    operation: str = ""
    skip: int = 0
    count: int = 1
    seconds: float = 0

    @property
    def before(self) -> bool:
        return self.kind in ("throttled", "error", "refused")

    def wait(self, served: bool) -> None:
        if served == (self.kind == "late"):
            time.sleep(self.seconds)

    def response(self, request: Request, service: str) -> Any:
        import front

        if self.kind == "throttled" and service == "s3":
            # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
            return front.refused(request, "SlowDown", "Please reduce your request rate.", 503, service)
        if self.kind == "throttled":
            return front.refused(request, "ThrottlingException", "Rate exceeded", 400, service)
        if self.kind == "refused":
            code = "AccessDenied" if service in ("s3", "sts") else "AccessDeniedException"
            return front.refused(request, code, "The permission was taken away for a test", 403, service)
        return front.refused(request, "InternalError", "An internal error has occurred", 500, service)


class Faults:
    """Those that were ordered, and are not over."""

    KINDS = ("throttled", "error", "refused", "slow", "lost", "cut", "late")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ordered: list[Fault] = []

    def order(self, wanted: list[dict[str, Any]]) -> None:
        """Instead of all that were ordered before."""
        faults = [Fault(**w) for w in wanted]
        for f in faults:
            if f.kind not in self.KINDS:
                raise ValueError(f"there is no fault {f.kind}; there are {', '.join(self.KINDS)}")
        with self.lock:
            self.ordered = faults

    def left(self) -> list[dict[str, Any]]:
        with self.lock:
            return [vars(f) for f in self.ordered]

    def due(self, service: str, operation: str) -> "Fault | None":
        with self.lock:
            for f in self.ordered:
                if f.service and f.service != service or f.operation and f.operation != operation:
                    continue
                if f.skip > 0:
                    f.skip -= 1
                    continue
                f.count -= 1
                if f.count <= 0:
                    self.ordered.remove(f)
                return f
        return None
