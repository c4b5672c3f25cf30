"""Amazon EC2."""

from types import SimpleNamespace
from typing import Any

from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance
from moto.ec2.models.route_tables import RouteBackend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses.dhcp_options import DHCPOptions
from moto.ec2.responses.flow_logs import FlowLogs
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.ec2.responses.network_acls import NetworkACLs
from moto.ec2.responses.subnets import Subnets

from .filler import Failure, Filler, instead_of
from .privatelink import PrivateLink
from .transitgateway import TransitGateways
from .vpn import VPNs


class EC2(TransitGateways, PrivateLink, VPNs, Filler):
    service = "ec2"


@instead_of(RouteBackend, "create_route")
def _(moto: Any, self: Any, route_table_id: str, *arguments: Any, transit_gateway_id: "str | None" = None, **named: Any) -> Any:
    """A route to a transit gateway takes an attachment of its VPC. moto looks for the gateway in the account alone.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
    """
    if transit_gateway_id:
        vpc = self.get_route_table(route_table_id).vpc_id
        attachments = EC2.kept_of("", self.region_name)["attachments"].values()
        if not any((a["TransitGatewayId"], a["ResourceId"], a["State"]) == (transit_gateway_id, vpc, "available") for a in attachments):
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


@instead_of(NetworkInterface, "association")
def _(moto: Any, self: NetworkInterface) -> "dict[str, Any] | None":
    """An interface without a public address has no association. moto answers with an empty one.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterface.html
    """
    return moto(self) or None


@instead_of(Subnets, "create_subnet_cidr_reservation")
def _(moto: Any, self: Any) -> Any:
    """moto forgets the description: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetCidrReservation.html"""
    made = moto(self)
    made.result["SubnetCidrReservation"].description = self._get_param("Description")
    return made


def icmp(moto: Any, self: Any) -> Any:
    """moto forgets which ICMP messages an entry is about: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclEntry.html"""
    answer = moto(self)
    for entry in self.ec2_backend.get_network_acl(self._get_param("NetworkAclId")).network_acl_entries:
        if str(entry.rule_number) == str(self._get_param("RuleNumber")) and str(entry.egress).lower() == str(self._get_param("Egress", False)).lower():
            message = self._get_param("IcmpTypeCode") or {}
            entry.icmp_type, entry.icmp_code = message.get("Type"), message.get("Code")
    return answer


instead_of(NetworkACLs, "create_network_acl_entry")(icmp)
instead_of(NetworkACLs, "replace_network_acl_entry")(icmp)


@instead_of(LaunchTemplates, "create_launch_template")
def _(moto: Any, self: Any) -> Any:
    """The tags of a template are none of what it launches. moto adds them there.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html
    """
    made = moto(self)
    version = self.ec2_backend.get_launch_template(made.result["LaunchTemplate"]["LaunchTemplateId"]).default_version()
    launched = [t for t in version.data.get("TagSpecifications", []) if t["ResourceType"] != "launch-template"]
    version.data["TagSpecifications"] = launched
    if not launched:
        del version.data["TagSpecifications"]
    return made


@instead_of(DHCPOptions, "create_dhcp_options")
def _(moto: Any, self: Any) -> Any:
    """moto forgets the tags: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html"""
    made = moto(self)
    made.result["DhcpOptions"].add_tags(self._parse_tag_specification().get("dhcp-options", {}))
    return made


@instead_of(Instance, "prep_nics")
def _(moto: Any, self: Instance, *arguments: Any, **named: Any) -> None:
    """An instance has the security groups of its first interface, also where a request names them there alone.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
    """
    moto(self, *arguments, **named)
    if not self.security_groups and 0 in self.nics:
        self.security_groups = list(self.nics[0].group_set)


@instead_of(InstanceResponse, "describe_instance_attribute")
def _(moto: Any, self: Any) -> Any:
    """An instance without user data has no value of it, where moto has an empty one.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceAttribute.html
    """
    answer = moto(self)
    data = answer.result.get("UserData")
    if data is not None and not (data and str(data["Value"])):
        del answer.result["UserData"]
    return answer
