"""AWS Shield."""

from typing import Any

from moto.shield.models import Subscription

from .filler import instead_of


@instead_of(Subscription, "to_dict")
def _(moto: Any, self: Subscription) -> dict[str, Any]:
    """Times are numbers, where moto writes dates: https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_Subscription.html"""
    return {**moto(self), "StartTime": int(self.start_time.timestamp()), "EndTime": int(self.end_time.timestamp())}
