"""AWS CloudTrail."""

from typing import Any

from moto.cloudtrail.models import CloudTrailBackend

from .filler import instead_of


@instead_of(CloudTrailBackend, "start_logging")
def _(moto: Any, self: CloudTrailBackend, name: str) -> None:
    """moto takes names alone, AWS also the ARN of a trail, which is what the provider sends:
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartLogging.html
    """
    self.get_trail(name).start_logging()


@instead_of(CloudTrailBackend, "stop_logging")
def _(moto: Any, self: CloudTrailBackend, name: str) -> None:
    self.get_trail(name).stop_logging()


@instead_of(CloudTrailBackend, "delete_trail")
def _(moto: Any, self: CloudTrailBackend, name: str) -> None:
    """Also by ARN: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DeleteTrail.html"""
    del self.trails[self.get_trail(name).trail_name]
