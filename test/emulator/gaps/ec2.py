"""Amazon EC2."""

from types import SimpleNamespace
from typing import Any

from moto.ec2.models.instances import Instance
from moto.ec2.models.route_tables import RouteBackend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses.flow_logs import FlowLogs

from .filler import Failure, Filler, instead_of
from .transitgateway import TransitGateways


class EC2(TransitGateways, Filler):
    service = "ec2"


@instead_of(RouteBackend, "create_route")
def _(moto: Any, self: Any, route_table_id: str, *arguments: Any, transit_gateway_id: "str | None" = None, **named: Any) -> Any:
    """A route to a transit gateway takes an attachment of its VPC. moto looks for the gateway in the account alone.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
    """
    if transit_gateway_id:
        vpc = self.get_route_table(route_table_id).vpc_id
        attachments = EC2.kept_of("", self.region_name)["attachments"].values()
        if not any((a["TransitGatewayId"], a["VpcId"], a["State"]) == (transit_gateway_id, vpc, "available") for a in attachments):
            raise Failure("InvalidTransitGatewayID.NotFound", f"The transitGateway ID '{transit_gateway_id}' does not exist.")
        self.transit_gateways[transit_gateway_id] = SimpleNamespace(id=transit_gateway_id)
    return moto(self, route_table_id, *arguments, transit_gateway_id=transit_gateway_id, **named)


@instead_of(Instance, "add_block_device")
def _(moto: Any, self: Instance, size: "int | None", *arguments: Any, **named: Any) -> None:
    """Where nobody says how large a volume is, it has the size of the image's snapshot. moto wants to be told. 8 GiB is
    that of Amazon Linux: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html
    """
    moto(self, size or 8, *arguments, **named)


@instead_of(SecurityGroupRule, "__init__")
def _(moto: Any, self: SecurityGroupRule, *arguments: Any, **named: Any) -> None:
    """Every rule has its description. moto keeps it of ranges alone, and forgets that of groups and prefix lists.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
    """
    moto(self, *arguments, **named)
    source_group, prefix_list = (*arguments[6:8], None, None)[:2]
    for of in (source_group, prefix_list):
        if of and of.get("Description"):
            self.ip_range["Description"] = of["Description"]


@instead_of(FlowLogs, "create_flow_logs")
def _(moto: Any, self: Any) -> Any:
    """moto forgets in which form flow logs are written: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DestinationOptionsRequest.html"""
    made = moto(self)
    for identity in made.result["FlowLogIds"]:
        self.ec2_backend.flow_logs[identity].destination_options = self._get_param("DestinationOptions")
    return made
