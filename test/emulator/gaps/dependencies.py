"""What Amazon EC2 refuses to delete, since something is in it. moto deletes it, and what was in it is then nowhere: an estate that is
destroyed in the wrong order would not be noticed.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html
"""

from typing import Any, Iterator

from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpc_service_configuration import VPCServiceConfigurationBackend
from moto.ec2.models.vpcs import VPCBackend

from .filler import Failure, fillers, instead_of
from .privatelink import connected


def attachments(region: str) -> list[dict[str, Any]]:
    return [a for a in fillers["ec2"].kept_of("", region)["attachments"].values() if a["State"] != "deleted"]


def in_subnet(ec2: Any, subnet: str) -> Iterator[str]:
    """What has an interface in a subnet, as far as the emulator knows."""
    region = ec2.region_name
    yield from (a["TransitGatewayAttachmentId"] for a in attachments(region) if subnet in a.get("SubnetIds", []))
    yield from (n.id for n in ec2.nat_gateways.values() if n.subnet_id == subnet and n.state != "deleted")
    yield from (e.id for e in ec2.vpc_end_points.values() if subnet in (e.subnet_ids or []) and e.state != "deleted")
    for endpoint, addresses in fillers["route53resolver"].kept_of("", region)["addresses"].items():
        yield from (endpoint for a in addresses if a["SubnetId"] == subnet)
    eks = fillers["eks"].kept_of(ec2.account_id, region)
    yield from (name for name, c in eks["clusters"].items() if subnet in c["resourcesVpcConfig"]["subnetIds"])
    yield from (name for groups in eks["nodegroups"].values() for name, g in groups.items() if subnet in g.get("subnets", []))


@instead_of(SubnetBackend, "delete_subnet")
def _(moto: Any, self: Any, subnet_id: str) -> Any:
    for thing in in_subnet(self, subnet_id):
        raise Failure("DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted: {thing}")
    return moto(self, subnet_id)


@instead_of(VPCBackend, "delete_vpc")
def _(moto: Any, self: Any, vpc_id: str) -> Any:
    attached = [g.id for g in self.internet_gateways.values() if g.vpc and g.vpc.id == vpc_id]
    attached += [a["TransitGatewayAttachmentId"] for a in attachments(self.region_name) if a["ResourceId"] == vpc_id]
    attached += [e.id for e in self.vpc_end_points.values() if e.vpc_id == vpc_id and e.state != "deleted"]
    if attached:
        raise Failure("DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted: {', '.join(attached)}")
    return moto(self, vpc_id)


@instead_of(VPCServiceConfigurationBackend, "delete_vpc_endpoint_service_configurations")
def _(moto: Any, self: Any, service_ids: list[str]) -> Any:
    """Nobody is connected any more: https://docs.aws.amazon.com/vpc/latest/privatelink/delete-endpoint-service.html"""
    for service in (self.configurations[s] for s in service_ids if s in self.configurations):
        if any(e.state in ("available", "pendingAcceptance") for e in connected(service, self.region_name)):
            raise Failure("ExistingVpcEndpointConnections", f"Service {service.id} has existing active VPC Endpoint connections!")
    return moto(self, service_ids)
