"""AWS Organizations: moto knows some services and types of policies only."""

from typing import Any

from moto.organizations.models import FakeDelegatedAdministrator, FakePolicy, FakeRoot, FakeServiceAccess, organizations_backends

from .filler import Failure, instead_of

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrated-services-list.html
TRUSTED = ["iam.amazonaws.com", "malware-protection.guardduty.amazonaws.com"]
DELEGATED = [
    "account.amazonaws.com", "backup.amazonaws.com", "cloudtrail.amazonaws.com", "config.amazonaws.com", "iam.amazonaws.com", "inspector2.amazonaws.com",
    "ipam.amazonaws.com", "malware-protection.guardduty.amazonaws.com", "member.org.stacksets.cloudformation.amazonaws.com", "securityhub.amazonaws.com", "sso.amazonaws.com",
]
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies.html, with the last but one part of the ARN of such a policy.
TYPES = {"DECLARATIVE_POLICY_EC2": "declarative_policy_ec2", "BACKUP_POLICY": "backup_policy"}

for known, more in ((FakeServiceAccess.TRUSTED_SERVICES, TRUSTED), (FakeDelegatedAdministrator.SUPPORTED_SERVICES, DELEGATED),
                    (FakeRoot.SUPPORTED_POLICY_TYPES, TYPES), (FakePolicy.SUPPORTED_POLICY_TYPES, TYPES)):
    known.extend(m for m in more if m not in known)


@instead_of(FakePolicy, "__init__")
def _(moto: Any, self: FakePolicy, organization: Any, **named: Any) -> None:
    kind = named.get("Type", "")
    moto(self, organization, **{**named, "Type": "TAG_POLICY" if kind in TYPES else kind})
    if kind in TYPES:
        self.type, self._arn_format = kind, "arn:{0}:organizations::{1}:policy/{2}/" + TYPES[kind] + "/{3}"


def organization_of(account: str) -> Any:
    """moto's organisation that an account is in, None if it is in none."""
    management = organizations_backends.master_accounts.get(account, (account, ""))[0]
    backend = organizations_backends[management]["aws"]
    return backend if backend.org else None


def management_of(account: str, code: str) -> str:
    """The account that owns the organisation of an account, which is an error of the service if there is none."""
    organization = organization_of(account)
    if not organization:
        raise Failure(code, "The account is not a member of an organization")
    return organization.org.master_account_id


def delegated(account: str, service: str) -> bool:
    """Whether an account administers a service for its organisation: as its owner, or because that said so.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_delegated_admin.html
    """
    organization = organization_of(account)
    return organization is not None and (
        organization.org.master_account_id == account or any(a.account.id == account and service in a.services for a in organization.admins))


def trusted(account: str, service: str) -> bool:
    """Whether the organisation of an account lets a service in."""
    organization = organization_of(account)
    return organization is not None and any(s["ServicePrincipal"] == service for s in organization.services)
