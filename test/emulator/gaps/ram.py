"""AWS Resource Access Manager. In moto a share is seen in its owner's account alone, and nobody is invited, so all is answered here."""

import uuid
from typing import Any

from moto.core.utils import utcnow
from moto.iam.models import iam_backends
from moto.organizations.models import organizations_backends

from .filler import Failure, Filler, found

# The permission that a share gives for a type of resource unless another is asked for:
# https://docs.aws.amazon.com/ram/latest/userguide/security-ram-permissions.html
DEFAULT_PERMISSIONS = {
    ("ec2", "transit-gateway"): "AWSRAMDefaultPermissionTransitGateway",
    ("ec2", "prefix-list"): "AWSRAMDefaultPermissionPrefixList",
    ("ec2", "subnet"): "AWSRAMDefaultPermissionSubnet",
    ("route53resolver", "resolver-rule"): "AWSRAMDefaultPermissionResolverRule",
    ("route53resolver", "resolver-query-log-config"): "AWSRAMDefaultPermissionResolverQueryLogConfig",
    ("route53resolver", "firewall-rule-group"): "AWSRAMDefaultPermissionResolverFirewallRuleGroup",
}


def shared_with(account: str, region: str, arn: str) -> bool:
    """Whether a resource of another account is shared with this one, and the share accepted where that takes it."""
    return any(s["status"] == "ACTIVE" and arn in s["resources"] and account in receivers(s) for s in shares(region).values())


def shares(region: str) -> dict[str, dict[str, Any]]:
    return RAM.kept_of("", region)["shares"]


def receivers(share: dict[str, Any]) -> set[str]:
    """The accounts that see what is shared."""
    accounts = set()
    for principal, state in share["principals"].items():
        if state["status"] == "ASSOCIATED":
            accounts |= members(principal) if principal.startswith("arn:aws:organizations:") else {account_of(principal)}
    return accounts


def account_of(principal: str) -> str:
    return principal.split(":")[4] if principal.startswith("arn:") else principal


def members(arn: str) -> set[str]:
    """The accounts of an organisation. Units are taken for the whole of it."""
    organization = organizations_backends[arn.split(":")[4]]["aws"]
    return {a.id for a in organization.accounts}


class RAM(Filler):
    """https://docs.aws.amazon.com/ram/latest/APIReference/Welcome.html"""

    service = "ram"

    @property
    def _shares(self) -> dict[str, dict[str, Any]]:
        return shares(self.region)

    def _own(self) -> dict[str, Any]:
        arn = self.params["resourceShareArn"]
        share = found(self._shares, arn, "UnknownResourceException", f"ResourceShare {arn} could not be found.")
        if share["owningAccountId"] != self.current_account:
            raise Failure("OperationNotPermittedException", "You cannot change a resource share that you do not own.")
        return share

    @staticmethod
    def _described(share: dict[str, Any]) -> dict[str, Any]:
        return {**{k: v for k, v in share.items() if k not in ("resources", "principals", "permissions", "tags")},
                "tags": [{"key": k, "value": v} for k, v in share["tags"].items()]}

    def create_resource_share(self) -> dict[str, Any]:
        p = self.params
        share = {
            "resourceShareArn": self.arn(f"resource-share/{uuid.uuid4()}"), "name": p["name"], "owningAccountId": self.current_account,
            "allowExternalPrincipals": p.get("allowExternalPrincipals", True), "status": "ACTIVE", "creationTime": utcnow(), "lastUpdatedTime": utcnow(),
            "featureSet": "STANDARD", "tags": {t["key"]: t["value"] for t in p.get("tags", [])}, "resources": {}, "principals": {}, "permissions": {},
        }
        for arn in p.get("permissionArns", []):
            share["permissions"][arn] = {"arn": arn}
        self._shares[share["resourceShareArn"]] = share
        self._associate(share)
        return {"resourceShare": self._described(share)}

    def _associate(self, share: dict[str, Any]) -> list[dict[str, Any]]:
        for arn in self.params.get("resourceArns", []):
            if account_of(arn) != self.current_account:
                raise Failure("OperationNotPermittedException", f"You cannot share {arn}, which another account owns.")
            share["resources"][arn] = {"status": "ASSOCIATED"}
            kind = (arn.split(":")[2], arn.split(":")[5].split("/")[0])
            if kind in DEFAULT_PERMISSIONS:
                permission = f"arn:aws:ram::aws:permission/{DEFAULT_PERMISSIONS[kind]}"
                share["permissions"].setdefault(permission, {"arn": permission, "resourceType": ":".join(kind)})
        for principal in self.params.get("principals", []):
            self._invite(share, principal)
        return [self._association(share, "RESOURCE", r) for r in self.params.get("resourceArns", [])] + [
            self._association(share, "PRINCIPAL", p) for p in self.params.get("principals", [])]

    def _invite(self, share: dict[str, Any], principal: str) -> None:
        """Accounts of the owner's organisation see the share at once, if it shares within itself. Others are invited:
        https://docs.aws.amazon.com/ram/latest/userguide/getting-started-sharing.html
        """
        if principal.startswith("arn:aws:organizations:") and account_of(principal) not in trusting():
            raise Failure("UnknownResourceException", f"Organization {principal.split('/')[1]} could not be found.")
        within = principal.startswith("arn:aws:organizations:") or self.current_account in trusting() and account_of(principal) in trusting()
        if not within and not share["allowExternalPrincipals"]:
            raise Failure("OperationNotPermittedException", "The resource share allows no principals outside of the organization.")
        if share["principals"].get(principal, {}).get("status") == "ASSOCIATED":
            return
        share["principals"][principal] = {"status": "ASSOCIATED" if within else "ASSOCIATING", "external": not within}
        if within:
            return
        arn = self.arn(f"resource-share-invitation/{uuid.uuid4()}")
        self._invitations[arn] = {
            "resourceShareInvitationArn": arn, "resourceShareName": share["name"], "resourceShareArn": share["resourceShareArn"],
            "senderAccountId": self.current_account, "receiverAccountId": account_of(principal), "invitationTimestamp": utcnow(), "status": "PENDING",
        }

    @property
    def _invitations(self) -> dict[str, dict[str, Any]]:
        return self.kept_of("", self.region)["invitations"]

    def associate_resource_share(self) -> dict[str, Any]:
        return {"resourceShareAssociations": self._associate(self._own())}

    def disassociate_resource_share(self) -> dict[str, Any]:
        """The owner takes away what it likes; a receiver may leave, itself alone:
        https://docs.aws.amazon.com/ram/latest/APIReference/API_DisassociateResourceShare.html
        """
        arn = self.params["resourceShareArn"]
        share = found(self._shares, arn, "UnknownResourceException", f"ResourceShare {arn} could not be found.")
        principals = self.params.get("principals", [])
        if share["owningAccountId"] != self.current_account and [account_of(p) for p in principals] != [self.current_account]:
            raise Failure("OperationNotPermittedException", "You cannot disassociate others from a resource share that you do not own.")
        gone = []
        for kind, things, names in (("RESOURCE", share["resources"], self.params.get("resourceArns", [])), ("PRINCIPAL", share["principals"], principals)):
            for name in names:
                if name in things:
                    gone.append({**self._association(share, kind, name), "status": "DISASSOCIATING"})
                    del things[name]
        return {"resourceShareAssociations": gone}

    def _association(self, share: dict[str, Any], kind: str, entity: str) -> dict[str, Any]:
        state = (share["resources"] if kind == "RESOURCE" else share["principals"])[entity]
        return {
            "resourceShareArn": share["resourceShareArn"], "resourceShareName": share["name"], "associatedEntity": entity, "associationType": kind,
            "status": state["status"], "creationTime": share["creationTime"], "lastUpdatedTime": share["lastUpdatedTime"], "external": state.get("external", False),
        }

    def get_resource_share_associations(self) -> dict[str, Any]:
        p, kind = self.params, self.params["associationType"]
        wanted = p.get("resourceArn") or p.get("principal")
        return {"resourceShareAssociations": [
            self._association(s, kind, entity)
            for s in self._shares.values()
            if s["owningAccountId"] == self.current_account and s["status"] == "ACTIVE" and s["resourceShareArn"] in p.get("resourceShareArns", [s["resourceShareArn"]])
            for entity, state in (s["resources"] if kind == "RESOURCE" else s["principals"]).items()
            if wanted in (None, entity) and p.get("associationStatus") in (None, state["status"])
        ]}

    def get_resource_shares(self) -> dict[str, Any]:
        """OTHER-ACCOUNTS are those that the caller receives: https://docs.aws.amazon.com/ram/latest/APIReference/API_GetResourceShares.html"""
        p = self.params

        def asked(s: dict[str, Any]) -> bool:
            own = s["owningAccountId"] == self.current_account
            if own != (p["resourceOwner"] == "SELF") or not own and (self.current_account not in receivers(s) or s["status"] != "ACTIVE"):
                return False
            return (s["resourceShareArn"] in p.get("resourceShareArns", [s["resourceShareArn"]]) and p.get("name") in (None, s["name"])
                    and p.get("resourceShareStatus") in (None, s["status"]))

        asked_for = [self._described(s) for s in self._shares.values() if asked(s)]
        if p.get("resourceShareArns") and not asked_for:
            raise Failure("UnknownResourceException", f"ResourceShare {p['resourceShareArns'][0]} could not be found.")
        return {"resourceShares": asked_for}

    def update_resource_share(self) -> dict[str, Any]:
        share = self._own()
        share.update({k: v for k, v in self.params.items() if k in ("name", "allowExternalPrincipals")}, lastUpdatedTime=utcnow())
        return {"resourceShare": self._described(share)}

    def delete_resource_share(self) -> dict[str, Any]:
        share = self._own()
        share.update(status="DELETED", lastUpdatedTime=utcnow(), resources={}, principals={})
        for invitation in self._invitations.values():
            if invitation["resourceShareArn"] == share["resourceShareArn"] and invitation["status"] == "PENDING":
                invitation["status"] = "EXPIRED"
        return {"returnValue": True}

    def get_resource_share_invitations(self) -> dict[str, Any]:
        p = self.params
        return {"resourceShareInvitations": [
            i for i in self._invitations.values()
            if i["receiverAccountId"] == self.current_account and i["resourceShareArn"] in p.get("resourceShareArns", [i["resourceShareArn"]])
            and i["resourceShareInvitationArn"] in p.get("resourceShareInvitationArns", [i["resourceShareInvitationArn"]])
        ]}

    def accept_resource_share_invitation(self) -> dict[str, Any]:
        """https://docs.aws.amazon.com/ram/latest/APIReference/API_AcceptResourceShareInvitation.html"""
        invitation = self._pending()
        invitation["status"] = "ACCEPTED"
        for principal, state in self._shares[invitation["resourceShareArn"]]["principals"].items():
            if account_of(principal) == self.current_account:
                state["status"] = "ASSOCIATED"
        return {"resourceShareInvitation": invitation}

    def reject_resource_share_invitation(self) -> dict[str, Any]:
        invitation = self._pending()
        invitation["status"] = "REJECTED"
        return {"resourceShareInvitation": invitation}

    def _pending(self) -> dict[str, Any]:
        arn = self.params["resourceShareInvitationArn"]
        invitation = found(self._invitations, arn, "ResourceShareInvitationArnNotFoundException", f"there is no invitation {arn}")
        if invitation["receiverAccountId"] != self.current_account:
            raise Failure("OperationNotPermittedException", "the invitation is another account's")
        if invitation["status"] != "PENDING":
            raise Failure(f"ResourceShareInvitationAlready{invitation['status'].capitalize()}Exception", f"the invitation is {invitation['status']}")
        return invitation

    def list_resource_share_permissions(self) -> dict[str, Any]:
        share = self._own()
        return {"permissions": [{
            "arn": p["arn"], "version": "1", "defaultVersion": True, "name": p["arn"].rpartition("/")[2], "resourceType": p.get("resourceType", ""),
            "status": "ASSOCIATED", "isResourceTypeDefault": True, "permissionType": "AWS_MANAGED",
        } for p in share["permissions"].values()]}

    def list_resources(self) -> dict[str, Any]:
        p, mine = self.params, self.current_account
        return {"resources": [
            {"arn": arn, "type": f"{arn.split(':')[2]}:{arn.split(':')[5].split('/')[0]}", "resourceShareArn": s["resourceShareArn"], "status": "AVAILABLE"}
            for s in self._shares.values()
            if (s["owningAccountId"] == mine if p["resourceOwner"] == "SELF" else mine in receivers(s))
            and s["resourceShareArn"] in p.get("resourceShareArns", [s["resourceShareArn"]])
            for arn in s["resources"] if arn in p.get("resourceArns", [arn])
        ]}

    def tag_resource(self) -> None:
        self._own()["tags"].update({t["key"]: t["value"] for t in self.params["tags"]})

    def untag_resource(self) -> None:
        for key in self.params["tagKeys"]:
            self._own()["tags"].pop(key, None)

    def enable_sharing_with_aws_organization(self) -> dict[str, Any]:
        """https://docs.aws.amazon.com/ram/latest/APIReference/API_EnableSharingWithAwsOrganization.html"""
        organization = organizations_backends[self.current_account]["aws"]
        if not organization.org or organization.org.master_account_id != self.current_account:
            raise Failure("OperationNotPermittedException", "Unable to enable sharing with AWS Organizations. Received AccessDeniedException from AWSOrganizations")
        RAM.kept_of("", "")["trusting"][self.current_account] = True
        iam = iam_backends[self.current_account]["aws"]
        if "AWSServiceRoleForResourceAccessManager" not in [r.name for r in iam.roles.values()]:
            iam.create_service_linked_role("ram.amazonaws.com", "", "")
        return {"returnValue": True}


def trusting() -> set[str]:
    """All accounts of organisations that share within themselves."""
    return {a.id for management in RAM.kept_of("", "")["trusting"] for a in organizations_backends[management]["aws"].accounts}
