"""AWS Direct Connect."""

import uuid
from typing import Any

from .ec2 import EC2
from .filler import Failure, Filler, found

class DirectConnect(Filler):
    """Gateways and their associations with transit gateways, which moto does not have. A gateway is in no region; an association is
    told to whoever owns one of its ends.
    https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-transit-gateways.html
    """

    service = "directconnect"
    everywhere = True

    # https://docs.aws.amazon.com/directconnect/latest/APIReference/API_DescribeDirectConnectGateways.html

    def _gateway(self, identity: str) -> dict[str, Any]:
        return found(self.kept["gateways"], identity, "DirectConnectClientException", f"Unable to find Direct Connect Gateway with ID {identity}")

    def create_direct_connect_gateway(self) -> dict[str, Any]:
        return {"directConnectGateway": have_gateway(self.current_account, str(uuid.uuid4()), self.params["directConnectGatewayName"], self.params.get("amazonSideAsn", 64512))}

    def describe_direct_connect_gateways(self) -> dict[str, Any]:
        identity = self.params.get("directConnectGatewayId")
        return {"directConnectGateways": [g for g in self.kept["gateways"].values() if identity in (None, g["directConnectGatewayId"])]}

    def delete_direct_connect_gateway(self) -> dict[str, Any]:
        gateway = self._gateway(self.params["directConnectGatewayId"])
        if self._associations(directConnectGatewayId=gateway["directConnectGatewayId"]):
            raise Failure("DirectConnectClientException", f"{gateway['directConnectGatewayId']} has associations")
        del self.kept["gateways"][gateway["directConnectGatewayId"]]
        return {"directConnectGateway": {**gateway, "directConnectGatewayState": "deleted"}}

    # https://docs.aws.amazon.com/directconnect/latest/APIReference/API_CreateDirectConnectGatewayAssociation.html

    def _transit_gateways(self) -> EC2:
        """EC2's part, asked for the same account in the region of the request."""
        ec2 = EC2()
        ec2.region, ec2.current_account = self.region, self.current_account
        return ec2

    def create_direct_connect_gateway_association(self) -> dict[str, Any]:
        p = self.params
        ec2 = self._transit_gateways()
        gateway, transit = self._gateway(p["directConnectGatewayId"]), ec2._gateway(p["gatewayId"])
        if transit["OwnerId"] != self.current_account:
            raise Failure("DirectConnectClientException", "a transit gateway of another account is associated by a proposal")
        identities = {"directConnectGatewayId": gateway["directConnectGatewayId"], "associatedGatewayId": transit["TransitGatewayId"]}
        if self._associations(**identities):
            raise Failure("DirectConnectClientException", f"{p['gatewayId']} is already associated with the Direct Connect Gateway")
        # https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-transit-gateways.html: their numbers must differ.
        if transit["Options"]["AmazonSideAsn"] == gateway["amazonSideAsn"]:
            raise Failure("DirectConnectClientException", "The Direct Connect gateway and the transit gateway have the same autonomous system number")
        association = {
            "associationId": str(uuid.uuid4()), "associationState": "associated", "directConnectGatewayId": gateway["directConnectGatewayId"],
            "directConnectGatewayOwnerAccount": gateway["ownerAccount"], "allowedPrefixesToDirectConnectGateway": p.get("addAllowedPrefixesToDirectConnectGateway") or [],
            "associatedGateway": {"id": transit["TransitGatewayId"], "type": "transitGateway", "ownerAccount": transit["OwnerId"], "region": self.region},
        }
        self.kept["associations"][association["associationId"]] = association
        ec2._attach(transit, "direct-connect-gateway", gateway["directConnectGatewayId"], expected().get(gateway["directConnectGatewayId"]))
        return {"directConnectGatewayAssociation": association}

    def _associations(self, **wanted: Any) -> list[dict[str, Any]]:
        def has(association: dict[str, Any]) -> bool:
            shown = {**association, "associatedGatewayId": association["associatedGateway"]["id"]}
            return all(v is None or shown[k] == v for k, v in wanted.items())

        return [a for a in self.kept["associations"].values() if has(a)]

    def describe_direct_connect_gateway_associations(self) -> dict[str, Any]:
        return {"directConnectGatewayAssociations": self._associations(**{k: self.params.get(k) for k in ("associationId", "associatedGatewayId", "directConnectGatewayId")})}

    def _association(self, identity: str) -> dict[str, Any]:
        return found(self.kept["associations"], identity, "DirectConnectClientException", f"Unable to find association {identity}")

    def update_direct_connect_gateway_association(self) -> dict[str, Any]:
        association, p = self._association(self.params["associationId"]), self.params
        prefixes = association["allowedPrefixesToDirectConnectGateway"] + (p.get("addAllowedPrefixesToDirectConnectGateway") or [])
        association["allowedPrefixesToDirectConnectGateway"] = [c for c in prefixes if c not in (p.get("removeAllowedPrefixesToDirectConnectGateway") or [])]
        return {"directConnectGatewayAssociation": association}

    def delete_direct_connect_gateway_association(self) -> dict[str, Any]:
        association = self._association(self.params["associationId"])
        self._transit_gateways()._detach("direct-connect-gateway", association["directConnectGatewayId"])
        del self.kept["associations"][association["associationId"]]
        return {"directConnectGatewayAssociation": {**association, "associationState": "disassociating"}}


def expected() -> dict[str, Any]:
    """The ids that the attachments of gateways' associations will have, by gateway, where an estate says them beforehand."""
    return DirectConnect.kept_of("", "")["expected"]


def have_gateway(account: str, identity: str, name: str, asn: int) -> dict[str, Any]:
    gateway = {"directConnectGatewayId": identity, "directConnectGatewayName": name, "amazonSideAsn": asn, "ownerAccount": account, "directConnectGatewayState": "available"}
    DirectConnect.kept_of(account, "")["gateways"][identity] = gateway
    return gateway
