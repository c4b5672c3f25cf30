"""Amazon EC2."""

from .filler import Filler
from .transitgateway import TransitGateways


class EC2(TransitGateways, Filler):
    service = "ec2"
