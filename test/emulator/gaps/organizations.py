"""AWS Organizations: moto knows some services and types of policies only."""

from typing import Any

from moto.organizations.models import FakeDelegatedAdministrator, FakePolicy, FakeRoot, FakeServiceAccess

from .filler import instead_of

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
