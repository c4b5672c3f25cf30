"""Transit gateways of Amazon EC2. In moto each has a default route table, an attachment is in it whatever was asked for, and all is seen
in one account alone, so all is answered here: https://docs.aws.amazon.com/vpc/latest/tgw/what-is-transit-gateway.html
"""

import ipaddress
from typing import Any, Callable

from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.ec2.utils import random_id

from .filler import Failure, found
from .ram import shared_with

OPTIONS = {
    "AmazonSideAsn": 64512, "AutoAcceptSharedAttachments": "disable", "DefaultRouteTableAssociation": "enable", "DefaultRouteTablePropagation": "enable",
    "VpnEcmpSupport": "enable", "DnsSupport": "enable", "SecurityGroupReferencingSupport": "disable", "MulticastSupport": "disable",
}
ATTACHMENT_OPTIONS = {"DnsSupport": "enable", "SecurityGroupReferencingSupport": "enable", "Ipv6Support": "disable", "ApplianceModeSupport": "disable"}


def asked(things: Any, filters: "list[dict[str, Any]] | None", values: "dict[str, Callable[[Any], Any]]") -> list[Any]:
    """Those that meet all filters of a request. A filter that has no value here is a gap."""
    for f in filters or []:
        value = values[f["Name"]]
        things = [t for t in things if value(t) in f["Values"]]
    return list(things)


class TransitGateways:
    """A part of the EC2 filler. Everything is kept by region, with its owner, since accounts share it."""

    params: dict[str, Any]
    current_account: str
    region: str

    @property
    def _net(self) -> dict[str, dict[str, Any]]:
        return self.kept_of("", self.region)  # type: ignore[attr-defined]

    def _tags(self, thing: str) -> list[dict[str, str]]:
        """Tags are an account's own: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-share.html"""
        kept = ec2_backends[self.current_account][self.region].tags.get(thing, {})
        return [{"Key": k, "Value": v} for k, v in kept.items()]

    def _tag(self, thing: str, specification: str = "TagSpecifications") -> None:
        for s in self.params.get(specification) or []:
            for tag in s.get("Tags", []):
                ec2_backends[self.current_account][self.region].tags.setdefault(thing, {})[tag["Key"]] = tag["Value"]

    def _gateway(self, identity: str) -> dict[str, Any]:
        gateway = found(self._net["gateways"], identity, "InvalidTransitGatewayID.NotFound", f"Transit Gateway {identity} was deleted or does not exist.")
        if gateway["OwnerId"] != self.current_account and not shared_with(self.current_account, self.region, gateway["TransitGatewayArn"]):
            raise Failure("InvalidTransitGatewayID.NotFound", f"Transit Gateway {identity} was deleted or does not exist.")
        return gateway

    def _own_gateway(self, identity: str) -> dict[str, Any]:
        """Whoever it is shared with sees it, and attaches VPCs: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-share.html"""
        gateway = self._gateway(identity)
        if gateway["OwnerId"] != self.current_account:
            raise Failure("UnauthorizedOperation", f"You are not authorized to perform this operation on {identity}, which another account owns.")
        return gateway

    # Gateways: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTransitGateway.html

    def create_transit_gateway(self) -> dict[str, Any]:
        identity = random_id("tgw", size=17)
        options = {**OPTIONS, **(self.params.get("Options") or {})}
        gateway = {
            "TransitGatewayId": identity, "TransitGatewayArn": f"arn:aws:ec2:{self.region}:{self.current_account}:transit-gateway/{identity}",
            "State": "available", "OwnerId": self.current_account, "Description": self.params.get("Description", ""), "CreationTime": utcnow(), "Options": options,
        }
        self._net["gateways"][identity] = gateway
        self._tag(identity)
        for wanted, name in (("DefaultRouteTableAssociation", "AssociationDefaultRouteTableId"), ("DefaultRouteTablePropagation", "PropagationDefaultRouteTableId")):
            if options[wanted] == "enable":
                table = next((t for t in self._net["tables"].values() if t["TransitGatewayId"] == identity), None) or self._new_table(identity)
                table["Default" + wanted.removeprefix("DefaultRouteTable") + "RouteTable"] = True
                options[name] = table["TransitGatewayRouteTableId"]
        return {"TransitGateway": self._shown(gateway, "TransitGatewayId")}

    def _shown(self, thing: dict[str, Any], identity: str) -> dict[str, Any]:
        return {**thing, "Tags": self._tags(thing[identity])}

    def describe_transit_gateways(self) -> dict[str, Any]:
        if self.params.get("TransitGatewayIds"):
            gateways = [self._gateway(i) for i in self.params["TransitGatewayIds"]]
        else:
            gateways = [g for g in self._net["gateways"].values() if g["OwnerId"] == self.current_account or shared_with(self.current_account, self.region, g["TransitGatewayArn"])]
        gateways = asked(gateways, self.params.get("Filters"), {"transit-gateway-id": lambda g: g["TransitGatewayId"], "state": lambda g: g["State"], "owner-id": lambda g: g["OwnerId"]})
        return {"TransitGateways": [self._shown(g, "TransitGatewayId") for g in gateways]}

    def modify_transit_gateway(self) -> dict[str, Any]:
        gateway = self._own_gateway(self.params["TransitGatewayId"])
        gateway["Options"].update(self.params.get("Options") or {})
        gateway["Description"] = self.params.get("Description", gateway["Description"])
        return {"TransitGateway": self._shown(gateway, "TransitGatewayId")}

    def delete_transit_gateway(self) -> dict[str, Any]:
        gateway = self._own_gateway(self.params["TransitGatewayId"])
        if any(a["TransitGatewayId"] == gateway["TransitGatewayId"] and a["State"] != "deleted" for a in self._net["attachments"].values()):
            raise Failure("IncorrectState", f"{gateway['TransitGatewayId']} has non-deleted Transit Gateway Attachments.")
        del self._net["gateways"][gateway["TransitGatewayId"]]
        for table in [i for i, t in self._net["tables"].items() if t["TransitGatewayId"] == gateway["TransitGatewayId"]]:
            for kind in ("tables", "routes", "propagations"):
                del self._net[kind][table]
        return {"TransitGateway": {**gateway, "State": "deleted"}}

    # Route tables: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTransitGatewayRouteTable.html

    def _new_table(self, gateway: str) -> dict[str, Any]:
        identity = random_id("tgw-rtb", size=17)
        self._net["tables"][identity] = {
            "TransitGatewayRouteTableId": identity, "TransitGatewayId": gateway, "State": "available", "CreationTime": utcnow(),
            "DefaultAssociationRouteTable": False, "DefaultPropagationRouteTable": False,
        }
        self._net["routes"][identity] = {}
        self._net["propagations"][identity] = []
        return self._net["tables"][identity]

    def _table(self) -> dict[str, Any]:
        identity = self.params["TransitGatewayRouteTableId"]
        table = found(self._net["tables"], identity, "InvalidRouteTableID.NotFound", f"Transit Gateway Route Table {identity} was deleted or does not exist.")
        if self._net["gateways"][table["TransitGatewayId"]]["OwnerId"] != self.current_account:
            raise Failure("InvalidRouteTableID.NotFound", f"Transit Gateway Route Table {identity} was deleted or does not exist.")
        return table

    def create_transit_gateway_route_table(self) -> dict[str, Any]:
        table = self._new_table(self._own_gateway(self.params["TransitGatewayId"])["TransitGatewayId"])
        self._tag(table["TransitGatewayRouteTableId"])
        return {"TransitGatewayRouteTable": self._shown(table, "TransitGatewayRouteTableId")}

    def describe_transit_gateway_route_tables(self) -> dict[str, Any]:
        identities = self.params.get("TransitGatewayRouteTableIds")
        for i in identities or []:
            found(self._net["tables"], i, "InvalidRouteTableID.NotFound", f"Transit Gateway Route Table {i} was deleted or does not exist.")
        mine = [t for t in self._net["tables"].values() if self._net["gateways"][t["TransitGatewayId"]]["OwnerId"] == self.current_account]
        tables = asked([t for t in mine if not identities or t["TransitGatewayRouteTableId"] in identities], self.params.get("Filters"), {
            "transit-gateway-id": lambda t: t["TransitGatewayId"], "transit-gateway-route-table-id": lambda t: t["TransitGatewayRouteTableId"], "state": lambda t: t["State"],
        })
        return {"TransitGatewayRouteTables": [self._shown(t, "TransitGatewayRouteTableId") for t in tables]}

    def delete_transit_gateway_route_table(self) -> dict[str, Any]:
        table = self._table()
        identity = table["TransitGatewayRouteTableId"]
        if any(a.get("table") == identity for a in self._net["attachments"].values()):
            raise Failure("IncorrectState", f"{identity} has associations")
        for kind in ("tables", "routes", "propagations"):
            del self._net[kind][identity]
        return {"TransitGatewayRouteTable": {**table, "State": "deleted"}}

    # Attachments: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTransitGatewayVpcAttachment.html

    def create_transit_gateway_vpc_attachment(self) -> dict[str, Any]:
        gateway, vpc = self._gateway(self.params["TransitGatewayId"]), self.params["VpcId"]
        ec2 = ec2_backends[self.current_account][self.region]
        subnets = [ec2.get_subnet(s) for s in self.params["SubnetIds"]]
        if any(s.vpc_id != ec2.get_vpc(vpc).id for s in subnets) or len({s.availability_zone for s in subnets}) < len(subnets):
            raise Failure("InvalidParameterValue", "The subnets have to be in the VPC, and each in a zone of its own")
        if any(a["State"] != "deleted" and (a["ResourceId"], a["TransitGatewayId"]) == (vpc, gateway["TransitGatewayId"]) for a in self._net["attachments"].values()):
            raise Failure("DuplicateTransitGatewayAttachment", f"{gateway['TransitGatewayId']} has non-deleted Transit Gateway Attachments with same VPC ID.")
        foreign = gateway["OwnerId"] != self.current_account and gateway["Options"]["AutoAcceptSharedAttachments"] != "enable"
        attachment = self._attach(gateway, "vpc", vpc, state="pendingAcceptance" if foreign else "available")
        attachment.update(SubnetIds=list(self.params["SubnetIds"]), Options={**ATTACHMENT_OPTIONS, **(self.params.get("Options") or {})})
        self._tag(attachment["TransitGatewayAttachmentId"])
        return {"TransitGatewayVpcAttachment": self._attachment_shown(attachment)}

    def _attach(self, gateway: dict[str, Any], kind: str, resource: str, identity: "str | None" = None, state: str = "available") -> dict[str, Any]:
        """An attachment of a VPC, or of what has one from elsewhere: a VPN, a gateway of Direct Connect.
        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayAttachment.html
        """
        identity = identity or random_id("tgw-attach", size=17)
        self._net["attachments"][identity] = {
            "TransitGatewayAttachmentId": identity, "TransitGatewayId": gateway["TransitGatewayId"], "State": state, "CreationTime": utcnow(),
            "ResourceType": kind, "ResourceId": resource, "ResourceOwnerId": self.current_account, "table": None, "owner": gateway["OwnerId"],
        }
        if state == "available":
            self._by_default(self._net["attachments"][identity])
        return self._net["attachments"][identity]

    def _detach(self, kind: str, resource: str) -> None:
        for attachment in self._net["attachments"].values():
            if attachment["State"] != "deleted" and (attachment["ResourceType"], attachment["ResourceId"]) == (kind, resource):
                self._deleted(attachment)

    def _by_default(self, attachment: dict[str, Any]) -> None:
        """What happens to an attachment whose gateway has default route tables:
        https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-routing-overview
        """
        options = self._net["gateways"][attachment["TransitGatewayId"]]["Options"]
        if options["DefaultRouteTableAssociation"] == "enable":
            attachment["table"] = options["AssociationDefaultRouteTableId"]
        if options["DefaultRouteTablePropagation"] == "enable":
            self._net["propagations"][options["PropagationDefaultRouteTableId"]].append(attachment["TransitGatewayAttachmentId"])

    def accept_transit_gateway_vpc_attachment(self) -> dict[str, Any]:
        attachment = self._attachment()
        self._own_gateway(attachment["TransitGatewayId"])
        if attachment["State"] != "pendingAcceptance":
            raise Failure("IncorrectState", f"{attachment['TransitGatewayAttachmentId']} is in invalid state")
        attachment["State"] = "available"
        self._by_default(attachment)
        return {"TransitGatewayVpcAttachment": self._attachment_shown(attachment)}

    def _attachment_shown(self, attachment: dict[str, Any]) -> dict[str, Any]:
        shown = {k: v for k, v in attachment.items() if k not in ("table", "owner") and not k.startswith("Resource")}
        return self._shown({**shown, "VpcId": attachment["ResourceId"], "VpcOwnerId": attachment["ResourceOwnerId"]}, "TransitGatewayAttachmentId")

    def _owner(self, attachment: dict[str, Any]) -> str:
        return attachment["owner"]  # a deleted attachment is seen for longer than its gateway

    def _attachment(self) -> dict[str, Any]:
        identity = self.params["TransitGatewayAttachmentId"]
        attachment = found(self._net["attachments"], identity, "InvalidTransitGatewayAttachmentID.NotFound", f"Transit Gateway Attachment {identity} was deleted or does not exist.")
        if self.current_account not in (attachment["ResourceOwnerId"], self._owner(attachment)):
            raise Failure("InvalidTransitGatewayAttachmentID.NotFound", f"Transit Gateway Attachment {identity} was deleted or does not exist.")
        return attachment

    def _attachments(self) -> list[dict[str, Any]]:
        identities = self.params.get("TransitGatewayAttachmentIds")
        for i in identities or []:
            found(self._net["attachments"], i, "InvalidTransitGatewayAttachmentID.NotFound", f"Transit Gateway Attachment {i} was deleted or does not exist.")
        visible = [a for a in self._net["attachments"].values() if self.current_account in (a["ResourceOwnerId"], self._owner(a))]
        return asked([a for a in visible if not identities or a["TransitGatewayAttachmentId"] in identities], self.params.get("Filters"), {
            "transit-gateway-attachment-id": lambda a: a["TransitGatewayAttachmentId"], "transit-gateway-id": lambda a: a["TransitGatewayId"],
            "vpc-id": lambda a: a["ResourceId"], "resource-id": lambda a: a["ResourceId"], "resource-type": lambda a: a["ResourceType"], "state": lambda a: a["State"],
        })

    def describe_transit_gateway_vpc_attachments(self) -> dict[str, Any]:
        return {"TransitGatewayVpcAttachments": [self._attachment_shown(a) for a in self._attachments() if a["ResourceType"] == "vpc"]}

    def describe_transit_gateway_attachments(self) -> dict[str, Any]:
        return {"TransitGatewayAttachments": [{
            **{k: a[k] for k in ("TransitGatewayAttachmentId", "TransitGatewayId", "State", "CreationTime", "ResourceOwnerId", "ResourceType", "ResourceId")},
            "TransitGatewayOwnerId": self._owner(a), "Tags": self._tags(a["TransitGatewayAttachmentId"]),
            **({"Association": {"TransitGatewayRouteTableId": a["table"], "State": "associated"}} if a["table"] else {}),
        } for a in self._attachments()]}

    def modify_transit_gateway_vpc_attachment(self) -> dict[str, Any]:
        attachment, p = self._attachment(), self.params
        attachment["SubnetIds"] = [s for s in attachment["SubnetIds"] if s not in (p.get("RemoveSubnetIds") or [])] + (p.get("AddSubnetIds") or [])
        attachment["Options"].update(p.get("Options") or {})
        return {"TransitGatewayVpcAttachment": self._attachment_shown(attachment)}

    def delete_transit_gateway_vpc_attachment(self) -> dict[str, Any]:
        attachment = self._attachment()
        self._deleted(attachment)
        return {"TransitGatewayVpcAttachment": {**self._attachment_shown(attachment), "State": "deleting"}}

    def _deleted(self, attachment: dict[str, Any]) -> None:
        identity = attachment["TransitGatewayAttachmentId"]
        # A deleted attachment is seen for a while, which is how others know that it is deleted.
        attachment.update(State="deleted", table=None)
        for propagations in self._net["propagations"].values():
            if identity in propagations:
                propagations.remove(identity)
        for routes in self._net["routes"].values():
            for route in routes.values():
                if route["attachment"] == identity:
                    route.update(attachment=None, blackhole=True)

    # Associations: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateTransitGatewayRouteTable.html

    def _joined(self, attachment: dict[str, Any], state: str) -> dict[str, Any]:
        return {**{k: attachment[k] for k in ("TransitGatewayAttachmentId", "ResourceId", "ResourceType")}, "State": state}

    def _attachment_of(self, table: dict[str, Any]) -> dict[str, Any]:
        """An attachment of the gateway that a route table is of."""
        attachment = self._attachment()
        if attachment["TransitGatewayId"] != table["TransitGatewayId"]:
            raise Failure("InvalidTransitGatewayAttachmentID.NotFound", f"{attachment['TransitGatewayAttachmentId']} is of another transit gateway.")
        return attachment

    def associate_transit_gateway_route_table(self) -> dict[str, Any]:
        table = self._table()
        attachment = self._attachment_of(table)
        if attachment["table"]:
            raise Failure("Resource.AlreadyAssociated", f"Transit Gateway Attachment {attachment['TransitGatewayAttachmentId']} is already associated to a route table.")
        if attachment["State"] != "available":
            raise Failure("IncorrectState", f"{attachment['TransitGatewayAttachmentId']} is in invalid state")
        attachment["table"] = table["TransitGatewayRouteTableId"]
        return {"Association": {"TransitGatewayRouteTableId": attachment["table"], **self._joined(attachment, "associated")}}

    def disassociate_transit_gateway_route_table(self) -> dict[str, Any]:
        table, attachment = self._table(), self._attachment()
        if attachment["table"] != table["TransitGatewayRouteTableId"]:
            raise Failure("InvalidAssociation.NotFound", "the attachment is not associated with this route table")
        attachment["table"] = None
        return {"Association": {"TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"], **self._joined(attachment, "disassociating")}}

    def _of_table(self, attachments: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return asked(attachments, self.params.get("Filters"), {
            "transit-gateway-attachment-id": lambda a: a["TransitGatewayAttachmentId"], "resource-id": lambda a: a["ResourceId"],
            "resource-type": lambda a: a["ResourceType"],
        })

    def get_transit_gateway_route_table_associations(self) -> dict[str, Any]:
        table = self._table()["TransitGatewayRouteTableId"]
        return {"Associations": [self._joined(a, "associated") for a in self._of_table([a for a in self._net["attachments"].values() if a["table"] == table])]}

    def enable_transit_gateway_route_table_propagation(self) -> dict[str, Any]:
        attachment, table = self._attachment_of(self._table()), self._table()["TransitGatewayRouteTableId"]
        if attachment["State"] != "available":
            raise Failure("IncorrectState", f"{attachment['TransitGatewayAttachmentId']} is in invalid state")
        if attachment["TransitGatewayAttachmentId"] in self._net["propagations"][table]:
            raise Failure("TransitGatewayRouteTablePropagation.Duplicate", "Propagation already exists")
        self._net["propagations"][table].append(attachment["TransitGatewayAttachmentId"])
        return {"Propagation": {"TransitGatewayRouteTableId": table, **self._joined(attachment, "enabled")}}

    def disable_transit_gateway_route_table_propagation(self) -> dict[str, Any]:
        table, attachment = self._table()["TransitGatewayRouteTableId"], self._attachment()
        if attachment["TransitGatewayAttachmentId"] not in self._net["propagations"][table]:
            raise Failure("TransitGatewayRouteTablePropagation.NotFound", "there is no such propagation")
        self._net["propagations"][table].remove(attachment["TransitGatewayAttachmentId"])
        return {"Propagation": {"TransitGatewayRouteTableId": table, **self._joined(attachment, "disabled")}}

    def get_transit_gateway_route_table_propagations(self) -> dict[str, Any]:
        table = self._table()["TransitGatewayRouteTableId"]
        propagating = [self._net["attachments"][a] for a in self._net["propagations"][table]]
        return {"TransitGatewayRouteTablePropagations": [self._joined(a, "enabled") for a in self._of_table(propagating)]}

    # Routes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SearchTransitGatewayRoutes.html

    def create_transit_gateway_route(self) -> dict[str, Any]:
        table, p = self._table()["TransitGatewayRouteTableId"], self.params
        destination = str(ipaddress.ip_network(p["DestinationCidrBlock"]))
        if destination in self._net["routes"][table]:
            raise Failure("RouteAlreadyExists", f"Route already exists for {destination}")
        if bool(p.get("Blackhole")) == bool(p.get("TransitGatewayAttachmentId")):
            raise Failure("InvalidParameterCombination", "a route leads to an attachment, or into a black hole")
        route = {"cidr": destination, "attachment": p.get("TransitGatewayAttachmentId"), "blackhole": bool(p.get("Blackhole")), "type": "static"}
        if route["attachment"]:
            self._attachment_of(self._table())
        self._net["routes"][table][destination] = route
        return {"Route": self._route_shown(route)}

    def _route_shown(self, route: dict[str, Any]) -> dict[str, Any]:
        shown = {"DestinationCidrBlock": route["cidr"], "Type": route["type"], "State": "blackhole" if route["blackhole"] else "active", "TransitGatewayAttachments": []}
        if route["attachment"]:
            attachment = self._net["attachments"][route["attachment"]]
            shown["TransitGatewayAttachments"] = [{k: attachment[k] for k in ("TransitGatewayAttachmentId", "ResourceId", "ResourceType")}]
        return shown

    def _propagated(self, table: str) -> list[dict[str, Any]]:
        """The ranges of the VPCs that propagate into a table. What a device on-premises would announce, nobody does here."""
        routes = []
        for identity in self._net["propagations"][table]:
            attachment = self._net["attachments"][identity]
            if attachment["ResourceType"] != "vpc":
                continue
            vpc = ec2_backends[attachment["ResourceOwnerId"]][self.region].get_vpc(attachment["ResourceId"])
            for association in vpc.get_cidr_block_association_set(ipv6=False):
                routes.append({"cidr": association["cidr_block"], "attachment": identity, "blackhole": False, "type": "propagated"})
        return routes

    def search_transit_gateway_routes(self) -> dict[str, Any]:
        table = self._table()["TransitGatewayRouteTableId"]
        static = self._net["routes"][table]
        routes = list(static.values()) + [r for r in self._propagated(table) if r["cidr"] not in static]
        routes = asked([self._route_shown(r) for r in routes], self.params.get("Filters"), {
            "type": lambda r: r["Type"], "state": lambda r: r["State"], "route-search.exact-match": lambda r: r["DestinationCidrBlock"],
            "attachment.transit-gateway-attachment-id": lambda r: (r["TransitGatewayAttachments"] or [{}])[0].get("TransitGatewayAttachmentId"),
        })
        return {"Routes": routes, "AdditionalRoutesAvailable": False}

    def delete_transit_gateway_route(self) -> dict[str, Any]:
        table, destination = self._table()["TransitGatewayRouteTableId"], self.params["DestinationCidrBlock"]
        route = found(self._net["routes"][table], destination, "InvalidRoute.NotFound", f"no route for {destination}")
        shown = self._route_shown(route)
        del self._net["routes"][table][destination]
        return {"Route": {**shown, "State": "deleted"}}
