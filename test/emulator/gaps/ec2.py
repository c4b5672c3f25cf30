"""Amazon EC2."""

from types import SimpleNamespace
from typing import Any

from moto.ec2.models.route_tables import RouteBackend

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
