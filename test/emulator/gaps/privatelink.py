"""AWS PrivateLink, a part of Amazon EC2. moto has services and endpoints, and nothing between them: an endpoint of another account's
service is there at once, and its owner does not hear of it.
https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html
"""

import uuid
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.vpc_service_configuration import VPCServiceConfigurationBackend
from moto.ec2.models.vpcs import VPCBackend
from moto.ec2.responses.vpcs import VPCs

from .filler import Failure, found, instead_of


def service_of(name: str, region: str) -> Any:
    """The service of whichever account that has this name, None if it is AWS's own."""
    for backends in list(ec2_backends.values()):
        if region in backends:
            for service in backends[region].configurations.values():
                if service.service_name == name:
                    return service
    return None


def connected(service: Any, region: str) -> list[Any]:
    """The endpoints of all accounts that lead to a service."""
    return [e for backends in list(ec2_backends.values()) if region in backends
            for e in backends[region].vpc_end_points.values() if e.service_name == service.service_name]


@instead_of(VPCBackend, "create_vpc_endpoint")
def _(moto: Any, self: Any, vpc_id: str, service_name: str, *arguments: Any, **named: Any) -> Any:
    """Who may connect, the service's owner says beforehand; whether it is connected, that service says, or its owner.
    https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html
    """
    service = service_of(service_name, self.region_name)
    if ".vpce-svc-" in service_name:
        callers = {f"arn:aws:iam::{self.account_id}:root", "*"}
        own = service is not None and service.ec2_backend.account_id == self.account_id
        if service is None or not own and not callers & set(service.principals):
            raise Failure("InvalidServiceName", f"The Vpc Endpoint Service '{service_name}' does not exist")
    if str(named.get("private_dns_enabled")).lower() == "true":
        vpc = self.get_vpc(vpc_id)
        if not all(str(on).lower() == "true" for on in (vpc.enable_dns_support, vpc.enable_dns_hostnames)):
            # https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html#enable-private-dns-names
            raise Failure("InvalidParameter", f"Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {vpc_id}")
    endpoint = moto(self, vpc_id, service_name, *arguments, **named)
    fixed = {c.get("SubnetId"): c.get("Ipv4") for c in configured}
    # moto gives its interfaces addresses that no subnet has.
    for i, identity in enumerate(endpoint.network_interface_ids):
        subnet = self.get_network_interface(identity).subnet.id
        self.delete_network_interface(identity)
        interface = self.create_network_interface(subnet, fixed.get(subnet), group_ids=endpoint.security_group_ids, description=f"VPC Endpoint Interface {endpoint.id}")
        endpoint.network_interface_ids[i] = interface.id
    if service is not None and service.acceptance_required:
        endpoint.state = "pendingAcceptance"
    return endpoint


# The addresses that the request before is told to have, by subnet. There is one request at a time.
configured: list[dict[str, Any]] = []


@instead_of(VPCs, "create_vpc_endpoint")
def _(moto: Any, self: Any) -> Any:
    """moto forgets which addresses an endpoint is to have.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetConfiguration.html
    """
    configured[:] = self._get_param("SubnetConfigurations") or []
    try:
        return moto(self)
    finally:
        configured.clear()


class PrivateLink:
    """A part of the EC2 filler: connections and who is told of them."""

    params: dict[str, Any]
    current_account: str
    region: str

    def _service(self, identity: str) -> Any:
        services = ec2_backends[self.current_account][self.region].configurations
        return found(services, identity, "InvalidVpcEndpointServiceId.NotFound", f"The VpcEndpointService Id '{identity}' does not exist")

    def describe_vpc_endpoint_connections(self) -> dict[str, Any]:
        services = ec2_backends[self.current_account][self.region].configurations.values()
        connections = [{
            "ServiceId": s.id, "VpcEndpointId": e.id, "VpcEndpointOwner": e.ec2_backend.account_id, "VpcEndpointState": e.state,
            "CreationTimestamp": e.creation_timestamp, "IpAddressType": "ipv4", "VpcEndpointConnectionId": "vpce-svc-con-" + e.id.removeprefix("vpce-"),
        } for s in services for e in connected(s, self.region)]
        values = {"service-id": "ServiceId", "vpc-endpoint-id": "VpcEndpointId", "vpc-endpoint-state": "VpcEndpointState", "vpc-endpoint-owner": "VpcEndpointOwner"}
        for f in self.params.get("Filters") or []:
            connections = [c for c in connections if c[values[f["Name"]]] in f["Values"]]
        return {"VpcEndpointConnections": connections}

    def _answer_connections(self, state: str) -> dict[str, Any]:
        service = self._service(self.params["ServiceId"])
        endpoints, unsuccessful = {e.id: e for e in connected(service, self.region)}, []
        for identity in self.params["VpcEndpointIds"]:
            if identity in endpoints:
                endpoints[identity].state = state
            else:
                unsuccessful.append({"ResourceId": identity, "Error": {"Code": "InvalidVpcEndpointId.NotFound", "Message": f"The Vpc Endpoint Id '{identity}' does not exist"}})
        return {"Unsuccessful": unsuccessful}

    def accept_vpc_endpoint_connections(self) -> dict[str, Any]:
        return self._answer_connections("available")

    def reject_vpc_endpoint_connections(self) -> dict[str, Any]:
        return self._answer_connections("rejected")

    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpointConnectionNotification.html

    @property
    def _notifications(self) -> dict[str, dict[str, Any]]:
        return self.kept["notifications"]  # type: ignore[attr-defined]

    def create_vpc_endpoint_connection_notification(self) -> dict[str, Any]:
        p, identity = self.params, f"vpce-nfn-{uuid.uuid4().hex[:17]}"
        if p.get("ServiceId"):
            self._service(p["ServiceId"])
        self._notifications[identity] = {
            "ConnectionNotificationId": identity, "ServiceId": p.get("ServiceId"), "VpcEndpointId": p.get("VpcEndpointId"), "ConnectionNotificationType": "Topic",
            "ConnectionNotificationArn": p["ConnectionNotificationArn"], "ConnectionEvents": p["ConnectionEvents"], "ConnectionNotificationState": "Enabled",
        }
        return {"ConnectionNotification": self._notifications[identity]}

    def describe_vpc_endpoint_connection_notifications(self) -> dict[str, Any]:
        identity = self.params.get("ConnectionNotificationId")
        if identity:
            return {"ConnectionNotificationSet": [found(self._notifications, identity, "InvalidConnectionNotification", f"there is no {identity}")]}
        return {"ConnectionNotificationSet": list(self._notifications.values())}

    def modify_vpc_endpoint_connection_notification(self) -> dict[str, Any]:
        p = self.params
        kept = found(self._notifications, p["ConnectionNotificationId"], "InvalidConnectionNotification", f"there is no {p['ConnectionNotificationId']}")
        kept.update({k: p[k] for k in ("ConnectionNotificationArn", "ConnectionEvents") if p.get(k)})
        return {"ReturnValue": True}

    def delete_vpc_endpoint_connection_notifications(self) -> dict[str, Any]:
        for identity in self.params["ConnectionNotificationIds"]:
            self._notifications.pop(identity, None)
        return {"Unsuccessful": []}


@instead_of(VPCServiceConfigurationBackend, "create_vpc_endpoint_service_configuration")
def _(moto: Any, self: Any, *arguments: Any, **named: Any) -> Any:
    """A service is reached by IPv4 unless somebody says otherwise: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ServiceConfiguration.html"""
    service = moto(self, *arguments, **named)
    service.supported_ip_address_types = ["ipv4"]
    return service


@instead_of(VPCBackend, "delete_vpc_endpoints")
def _(moto: Any, self: Any, vpce_ids: list[str]) -> Any:
    """With a gateway endpoint go its routes. moto looks for them by the prefix list, as if that were a range.
    https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
    """
    for endpoint in (self.vpc_end_points[i] for i in vpce_ids or [] if i in self.vpc_end_points):
        for table in self.route_tables.values():
            for identity, route in list(table._routes.items()):
                if getattr(route.gateway, "id", None) == endpoint.id:
                    del table._routes[identity]
        endpoint.route_table_ids = []
    return moto(self, vpce_ids)
