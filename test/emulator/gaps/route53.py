"""Amazon Route 53: private zones in VPCs of other accounts."""

from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.route53.models import route53_backends
from moto.route53.responses import Route53 as Responses

from .filler import Failure, Filler, instead_of


def zones() -> dict[str, tuple[str, Any]]:
    """All hosted zones, with their accounts."""
    return {identity: (account, z) for account, backends in list(route53_backends.items()) for identity, z in backends["aws"].zones.items()}


def owner_of(vpc: str, region: str) -> str:
    for account, backends in list(ec2_backends.items()):
        if region in backends and vpc in backends[region].vpcs:
            return account
    raise Failure("InvalidVPCId", f"The VPC: {vpc} you provided does not exist")


class Route53(Filler):
    service = "route53"
    everywhere = True

    def _zone_id(self) -> str:
        return self.params["HostedZoneId"].removeprefix("/hostedzone/")

    def _zone(self) -> tuple[str, Any]:
        identity = self._zone_id()
        if identity not in zones():
            raise Failure("NoSuchHostedZone", f"No hosted zone found with ID: {identity}")
        return zones()[identity]

    def _own(self) -> Any:
        account, zone = self._zone()
        if account != self.current_account:
            raise Failure("AccessDenied", f"User is not authorized to access this resource: {zone.id}")
        return zone

    def _authorized(self, zone: Any) -> dict[str, str]:
        """By VPC, its region. The zone's owner allows an association, before the VPC's makes it:
        https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-associate-vpcs-different-accounts.html
        """
        return self.kept_of("", "")["authorizations"].setdefault(zone.id, {})

    def create_vpc_association_authorization(self) -> dict[str, Any]:
        zone, vpc = self._own(), self.params["VPC"]
        owner_of(vpc["VPCId"], vpc["VPCRegion"])
        self._authorized(zone)[vpc["VPCId"]] = vpc["VPCRegion"]
        return {"HostedZoneId": self._zone_id(), "VPC": vpc}

    def list_vpc_association_authorizations(self) -> dict[str, Any]:
        zone = self._own()
        return {"HostedZoneId": self._zone_id(), "VPCs": [{"VPCId": v, "VPCRegion": r} for v, r in self._authorized(zone).items()]}

    def delete_vpc_association_authorization(self) -> None:
        if self._authorized(self._own()).pop(self.params["VPC"]["VPCId"], None) is None:
            raise Failure("VPCAssociationAuthorizationNotFound", "The VPC that you specified is not authorized to be associated with the hosted zone.")

    def associate_vpc_with_hosted_zone(self) -> dict[str, Any]:
        """https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html"""
        account, zone = self._zone()
        vpc = self.params["VPC"]
        if owner_of(vpc["VPCId"], vpc["VPCRegion"]) != self.current_account:
            raise Failure("InvalidVPCId", f"The VPC: {vpc['VPCId']} is not of this account")
        if account != self.current_account and vpc["VPCId"] not in self._authorized(zone):
            raise Failure("NotAuthorizedException", f"User is not authorized to associate VPC {vpc['VPCId']} with hosted zone {zone.id}")
        if not zone.private_zone:
            raise Failure("PublicZoneVPCAssociation", "You're trying to associate a VPC with a public hosted zone.")
        if any(v["vpc_id"] == vpc["VPCId"] for v in zone.vpcs):
            raise Failure("ConflictingDomainExists", f"The VPC {vpc['VPCId']} is already associated with the hosted zone")
        if any(z.private_zone and z.name == zone.name and any(v["vpc_id"] == vpc["VPCId"] for v in z.vpcs) for _, z in zones().values()):
            raise Failure("ConflictingDomainExists", f"The VPC {vpc['VPCId']} is already associated with another private hosted zone {zone.name}")
        zone.add_vpc(vpc["VPCId"], vpc["VPCRegion"])
        return self._change()

    def disassociate_vpc_from_hosted_zone(self) -> dict[str, Any]:
        """By the owner of either: https://docs.aws.amazon.com/Route53/latest/APIReference/API_DisassociateVPCFromHostedZone.html"""
        account, zone = self._zone()
        vpc = self.params["VPC"]
        if self.current_account not in (account, owner_of(vpc["VPCId"], vpc["VPCRegion"])):
            raise Failure("AccessDenied", "neither the zone nor the VPC is of this account")
        if not any(v["vpc_id"] == vpc["VPCId"] for v in zone.vpcs):
            raise Failure("VPCAssociationNotFound", f"The VPC {vpc['VPCId']} is not associated with the hosted zone")
        if len(zone.vpcs) == 1:
            raise Failure("LastVPCAssociation", "Cannot remove last VPC association for the private zone")
        zone.delete_vpc(vpc["VPCId"])
        return self._change()

    @staticmethod
    def _change() -> dict[str, Any]:
        return {"ChangeInfo": {"Id": "/change/C2682N5HXP0BZ4", "Status": "INSYNC", "SubmittedAt": utcnow()}}

    def list_hosted_zones_by_vpc(self) -> dict[str, Any]:
        """Also those of other accounts: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html"""
        vpc = self.params["VPCId"]
        if owner_of(vpc, self.params["VPCRegion"]) != self.current_account:
            raise Failure("AccessDenied", f"The VPC {vpc} is not of this account")
        return {"MaxItems": "100", "HostedZoneSummaries": [
            {"HostedZoneId": identity, "Name": z.name, "Owner": {"OwningAccount": account}}
            for identity, (account, z) in zones().items() if z.private_zone and any(v["vpc_id"] == vpc for v in z.vpcs)
        ]}


@instead_of(Responses, "create_hosted_zone")
def _(moto: Any, self: Any) -> Any:
    """A zone that is made with a VPC is private; moto wants to be told so beside.
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
    """
    if self.params.get("VPC"):
        self.params["HostedZoneConfig"] = {**(self.params.get("HostedZoneConfig") or {}), "PrivateZone": True}
    return moto(self)
