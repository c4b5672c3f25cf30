"""How a gap of moto is filled.

A Filler answers some operations of one service, beside moto or instead of it. It is one of moto's
own responses, with the parameters and the answers of the service's model in botocore: an operation
DescribeThing is a method describe_thing, which finds its input in self.params and returns a dict.
What the emulator keeps of an account in a region is in self.kept. An operation that is neither here
nor in moto fails; none answers with what nobody wrote.
"""

from collections import defaultdict
from typing import Any, Callable
from urllib.parse import urlsplit

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import camelcase_to_underscores

# By the name that requests of the service are signed for.
fillers: dict[str, "type[Filler]"] = {}

# By service, account and region. Emptied with a new process only.
_kept: dict[tuple[str, str, str], dict[str, dict[Any, Any]]] = defaultdict(lambda: defaultdict(dict))


class Failure(ServiceException):
    """An error that AWS answers with: its code and its message."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


class Filler(BaseResponse):
    """Answers some operations of the service whose name in botocore is `service`."""

    service = ""
    signed_for = ""
    # The service has one place for all regions.
    everywhere = False

    def __init_subclass__(cls) -> None:
        fillers[cls.signed_for or cls.service] = cls

    def __init__(self) -> None:
        super().__init__(service_name=self.service)
        self.automated_parameter_parsing = True

    def get_region_from_url(self, request: Any, full_url: str) -> str:
        """moto takes what it finds in a path too: roles of sso.amazonaws.com have their own."""
        return super().get_region_from_url(request, urlsplit(full_url).netloc)

    @property
    def kept(self) -> dict[str, dict[Any, Any]]:
        return self.kept_of(self.current_account, self.region)

    @classmethod
    def kept_of(cls, account: str, region: str) -> dict[str, dict[Any, Any]]:
        return _kept[cls.service, account, "" if cls.everywhere else region]

    def arn(self, resource: str, service: str = "") -> str:
        """The ARN of something in the caller's account and region."""
        region = "" if self.everywhere else self.region
        return f"arn:{self.partition}:{service or self.service}:{region}:{self.current_account}:{resource}"

    @classmethod
    def operation(cls, request: Any, action: str) -> "Callable[[Any], Any] | None":
        """The method that answers a request, None if that is moto's business."""
        filler = cls()
        if not action:
            filler.region = "us-east-1"  # the paths of an operation are the same everywhere
            # As it was sent: a slash within a name, of a role for instance, is written otherwise than one between names.
            path = urlsplit(request.environ.get("RAW_URI") or request.path).path
            action = filler._get_action_from_method_and_request_uri(request.method, path) or ""
        name = camelcase_to_underscores(action)
        if not action or not hasattr(cls, name) or hasattr(Filler, name):
            return None
        return filler._answer

    def _answer(self, request: Any) -> tuple[int, dict[str, str], Any]:
        status, headers, body = self._dispatch(request, request.url, request.headers)
        headers.pop("status", None)
        return int(status), headers, body

    def call_action(self) -> Any:
        """Instead of moto's own, which knows no dict for an answer."""
        method = getattr(self, camelcase_to_underscores(self._get_action()))
        try:
            result = ActionResult(method() or {})
        except ServiceException as failure:
            result = ActionResult(failure)
        return self.serialized(result)


# What moto had, by class and name, so that modules can be read anew.
_moto: dict[tuple[type, str], Any] = {}


def instead_of(owner: type, name: str) -> Callable[[Any], Any]:
    """Makes a function a method of a class of moto's. Its first argument is what moto had, None if nothing."""

    def decorate(function: Any) -> Any:
        raw = _moto.setdefault((owner, name), vars(owner).get(name))
        if isinstance(raw, staticmethod):
            setattr(owner, name, staticmethod(lambda *a, **k: function(raw.__func__, *a, **k)))
        elif isinstance(raw, property):
            setattr(owner, name, property(lambda self: function(raw.fget, self), raw.fset))
        else:
            setattr(owner, name, lambda *a, **k: function(raw, *a, **k))
        return function

    return decorate


def found(things: dict[Any, Any], key: Any, code: str, message: str) -> Any:
    """What is kept under a key, or AWS's error that there is nothing."""
    if key not in things:
        raise Failure(code, message)
    return things[key]
