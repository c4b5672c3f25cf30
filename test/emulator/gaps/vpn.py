"""AWS Site-to-Site VPN, a part of Amazon EC2. moto forgets all of a connection but its two ends, gives every tunnel the same address, and
looks for transit gateways in a place of its own: https://docs.aws.amazon.com/vpn/latest/s2svpn/VPC_VPN.html
"""

import json
import secrets
from typing import Any

from moto.ec2.utils import random_id
from moto.secretsmanager.models import secretsmanager_backends

from .filler import Failure, found
from .transitgateway import asked

# What a request calls otherwise than the answer does.
RENAMED = {"DPDTimeoutSeconds": "DpdTimeoutSeconds", "DPDTimeoutAction": "DpdTimeoutAction", "IKEVersions": "IkeVersions"}

CONFIGURATION = """<?xml version="1.0" encoding="UTF-8"?>
<vpn_connection id="{connection}">
  <customer_gateway_id>{gateway}</customer_gateway_id>
  <vpn_connection_type>ipsec.1</vpn_connection_type>
{tunnels}
</vpn_connection>
"""

TUNNEL = """  <ipsec_tunnel>
    <customer_gateway>
      <tunnel_outside_address><ip_address>{device}</ip_address></tunnel_outside_address>
      <tunnel_inside_address><ip_address>{inside}.{theirs}</ip_address><network_mask>255.255.255.252</network_mask><network_cidr>30</network_cidr></tunnel_inside_address>
    </customer_gateway>
    <vpn_gateway>
      <tunnel_outside_address><ip_address>{outside}</ip_address></tunnel_outside_address>
      <tunnel_inside_address><ip_address>{inside}.{ours}</ip_address><network_mask>255.255.255.252</network_mask><network_cidr>30</network_cidr></tunnel_inside_address>
      <bgp><asn>{asn}</asn><hold_time>30</hold_time></bgp>
    </vpn_gateway>
    <ike><pre_shared_key>{key}</pre_shared_key></ike>
  </ipsec_tunnel>"""


class VPNs:
    """A part of the EC2 filler: customer gateways, and connections from them to transit gateways."""

    params: dict[str, Any]
    current_account: str
    region: str
    kept: dict[str, dict[str, Any]]

    # Customer gateways: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateCustomerGateway.html

    def create_customer_gateway(self) -> dict[str, Any]:
        p = self.params
        wanted = {"Type": p["Type"], "IpAddress": p.get("IpAddress") or p.get("PublicIp")}
        if p.get("BgpAsnExtended"):
            wanted["BgpAsnExtended"] = str(p["BgpAsnExtended"])
        else:
            wanted["BgpAsn"] = str(p.get("BgpAsn") or 65000)
        for gateway in self.kept["customer_gateways"].values():
            if gateway["State"] == "available" and wanted.items() <= gateway.items():
                return {"CustomerGateway": self._shown(gateway, "CustomerGatewayId")}  # type: ignore[attr-defined]
        identity = random_id("cgw", size=17)
        self.kept["customer_gateways"][identity] = {"CustomerGatewayId": identity, "State": "available", "DeviceName": p.get("DeviceName"), **wanted}
        self._tag(identity)  # type: ignore[attr-defined]
        return {"CustomerGateway": self._shown(self.kept["customer_gateways"][identity], "CustomerGatewayId")}  # type: ignore[attr-defined]

    def _customer_gateway(self, identity: str) -> dict[str, Any]:
        return found(self.kept["customer_gateways"], identity, "InvalidCustomerGatewayID.NotFound", f"The customerGateway ID '{identity}' does not exist")

    def describe_customer_gateways(self) -> dict[str, Any]:
        identities = self.params.get("CustomerGatewayIds")
        gateways = [self._customer_gateway(i) for i in identities] if identities else self.kept["customer_gateways"].values()
        gateways = asked(gateways, self.params.get("Filters"), {
            "customer-gateway-id": lambda g: g["CustomerGatewayId"], "ip-address": lambda g: g["IpAddress"], "state": lambda g: g["State"], "bgp-asn": lambda g: g.get("BgpAsn"),
        })
        return {"CustomerGateways": [self._shown(g, "CustomerGatewayId") for g in gateways]}  # type: ignore[attr-defined]

    def delete_customer_gateway(self) -> dict[str, Any]:
        gateway = self._customer_gateway(self.params["CustomerGatewayId"])
        if any(c["State"] != "deleted" and c["CustomerGatewayId"] == gateway["CustomerGatewayId"] for c in self.kept["vpns"].values()):
            raise Failure("IncorrectState", "The customer gateway is in use.")
        gateway["State"] = "deleted"
        return {}

    # Connections: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpnConnection.html

    def create_vpn_connection(self) -> dict[str, Any]:
        p, identity = self.params, random_id("vpn", size=17)
        gateway, customer = self._gateway(p["TransitGatewayId"]), self._customer_gateway(p["CustomerGatewayId"])  # type: ignore[attr-defined]
        if customer["State"] != "available":
            raise Failure("InvalidCustomerGatewayID.NotFound", f"The customerGateway ID '{p['CustomerGatewayId']}' does not exist")
        options = dict(p.get("Options") or {})
        asked_for = (options.pop("TunnelOptions", None) or []) + [{}, {}]
        connection = {
            "VpnConnectionId": identity, "State": "available", "Type": p["Type"], "Category": "VPN", "CustomerGatewayId": customer["CustomerGatewayId"],
            "TransitGatewayId": gateway["TransitGatewayId"], "GatewayAssociationState": "associated", "Routes": [],
            "Options": {
                "EnableAcceleration": False, "StaticRoutesOnly": False, "LocalIpv4NetworkCidr": "0.0.0.0/0", "RemoteIpv4NetworkCidr": "0.0.0.0/0",
                "OutsideIpAddressType": "PublicIpv4", "TunnelInsideIpVersion": "ipv4", **options, "TunnelOptions": [self._tunnel(i, asked_for[i]) for i in (0, 1)],
            },
        }
        if p.get("PreSharedKeyStorage") == "SecretsManager":
            self._keep_secret(connection)
        connection["VgwTelemetry"] = [{"OutsideIpAddress": t["OutsideIpAddress"], "Status": "DOWN", "StatusMessage": "", "AcceptedRouteCount": 0} for t in connection["Options"]["TunnelOptions"]]
        self.kept["vpns"][identity] = connection
        self._tag(identity)  # type: ignore[attr-defined]
        self._attach(gateway, "vpn", identity)  # type: ignore[attr-defined]
        return {"VpnConnection": self._connection_shown(connection)}

    def _tunnel(self, number: int, wanted: dict[str, Any]) -> dict[str, Any]:
        """Its addresses are of a range that documents use, and one that is local to a link:
        https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html
        """
        nth = 2 * len(self.kept["vpns"]) + number
        return {
            "OutsideIpAddress": f"198.51.100.{1 + nth}", "TunnelInsideCidr": f"169.254.{100 + nth}.0/30", "PreSharedKey": "." + secrets.token_hex(16),
            **{RENAMED.get(k, k): v for k, v in wanted.items()},
        }

    def _keep_secret(self, connection: dict[str, Any]) -> None:
        """The connection no longer tells its keys: https://docs.aws.amazon.com/vpn/latest/s2svpn/enhanced-security.html. How the
        configuration says so, https://github.com/hashicorp/terraform-provider-aws/pull/42819 has seen.
        """
        tunnels = connection["Options"]["TunnelOptions"]
        keys = {f"Tunnel{i + 1}": {"PresharedKey": t["PreSharedKey"]} for i, t in enumerate(tunnels)}
        secret = secretsmanager_backends[self.current_account][self.region].create_managed_secret("s2svpn", f"s2svpn!{connection['VpnConnectionId']}", json.dumps(keys))
        connection["PreSharedKeyArn"] = secret.arn
        for tunnel in tunnels:
            del tunnel["PreSharedKey"]

    def _connection_shown(self, connection: dict[str, Any]) -> dict[str, Any]:
        customer = self._customer_gateway(connection["CustomerGatewayId"])
        gateway = self._net["gateways"].get(connection["TransitGatewayId"]) or {"Options": {"AmazonSideAsn": ""}}  # type: ignore[attr-defined]
        tunnels = [TUNNEL.format(
            device=customer["IpAddress"], outside=t["OutsideIpAddress"], inside=t["TunnelInsideCidr"].rpartition(".")[0], ours=1, theirs=2,
            asn=gateway["Options"]["AmazonSideAsn"], key=t.get("PreSharedKey", "REDACTED"),
        ) for t in connection["Options"]["TunnelOptions"]]
        configuration = CONFIGURATION.format(connection=connection["VpnConnectionId"], gateway=customer["CustomerGatewayId"], tunnels="\n".join(tunnels))
        return {**self._shown(connection, "VpnConnectionId"), "CustomerGatewayConfiguration": configuration}  # type: ignore[attr-defined]

    def _connection(self, identity: str) -> dict[str, Any]:
        return found(self.kept["vpns"], identity, "InvalidVpnConnectionID.NotFound", f"The vpnConnection ID '{identity}' does not exist")

    def describe_vpn_connections(self) -> dict[str, Any]:
        identities = self.params.get("VpnConnectionIds")
        connections = [self._connection(i) for i in identities] if identities else self.kept["vpns"].values()
        connections = asked(connections, self.params.get("Filters"), {
            "vpn-connection-id": lambda c: c["VpnConnectionId"], "state": lambda c: c["State"], "transit-gateway-id": lambda c: c["TransitGatewayId"],
            "customer-gateway-id": lambda c: c["CustomerGatewayId"],
        })
        return {"VpnConnections": [self._connection_shown(c) for c in connections]}

    def modify_vpn_connection(self) -> dict[str, Any]:
        connection = self._connection(self.params["VpnConnectionId"])
        if self.params.get("CustomerGatewayId"):
            connection["CustomerGatewayId"] = self._customer_gateway(self.params["CustomerGatewayId"])["CustomerGatewayId"]
        if self.params.get("TransitGatewayId"):
            gateway = self._gateway(self.params["TransitGatewayId"])  # type: ignore[attr-defined]
            self._detach("vpn", connection["VpnConnectionId"])  # type: ignore[attr-defined]
            self._attach(gateway, "vpn", connection["VpnConnectionId"])  # type: ignore[attr-defined]
            connection["TransitGatewayId"] = gateway["TransitGatewayId"]
        return {"VpnConnection": self._connection_shown(connection)}

    def modify_vpn_connection_options(self) -> dict[str, Any]:
        connection = self._connection(self.params["VpnConnectionId"])
        connection["Options"].update({k: v for k, v in self.params.items() if k.endswith("NetworkCidr")})
        return {"VpnConnection": self._connection_shown(connection)}

    def modify_vpn_tunnel_options(self) -> dict[str, Any]:
        connection, p = self._connection(self.params["VpnConnectionId"]), self.params
        tunnels = {t["OutsideIpAddress"]: t for t in connection["Options"]["TunnelOptions"]}
        tunnel = found(tunnels, p["VpnTunnelOutsideIpAddress"], "InvalidParameterValue", f"{p['VpnTunnelOutsideIpAddress']} is no tunnel of {connection['VpnConnectionId']}")
        tunnel.update({RENAMED.get(k, k): v for k, v in p["TunnelOptions"].items()})
        return {"VpnConnection": self._connection_shown(connection)}

    def delete_vpn_connection(self) -> dict[str, Any]:
        connection = self._connection(self.params["VpnConnectionId"])
        # It is seen for a while, which is how others know that it is deleted.
        connection["State"] = "deleted"
        self._detach("vpn", connection["VpnConnectionId"])  # type: ignore[attr-defined]
        if connection.get("PreSharedKeyArn"):
            secretsmanager_backends[self.current_account][self.region].secrets.pop(connection["PreSharedKeyArn"])
        return {}
