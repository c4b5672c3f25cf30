"""AWS IAM Identity Center. moto has an instance in each account, and no boundaries of permission sets."""

import uuid
from typing import Any

from moto.core.utils import utcnow
from moto.iam.models import iam_backends
from moto.identitystore.models import identitystore_backends
from moto.identitystore.responses import IdentityStoreResponse
from moto.ssoadmin.models import ManagedPolicy, SSOAdminBackend, ssoadmin_backends
from moto.ssoadmin.responses import SSOAdminResponse

from .filler import Failure, Filler, found, instead_of
from .organizations import delegated, organization_of


def instance_of(account: str) -> str:
    """The account whose instance another one sees: its organisation's management account, if that lets it administer.
    https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html
    """
    organization = organization_of(account)
    return organization.org.master_account_id if organization and delegated(account, "sso.amazonaws.com") else account


SSOAdminResponse.ssoadmin_backend = property(lambda self: ssoadmin_backends[instance_of(self.current_account)][self.region])
IdentityStoreResponse.identitystore_backend = property(lambda self: identitystore_backends[instance_of(self.current_account)][self.region])


@instead_of(SSOAdminResponse, "create_account_assignment")
def _(moto: Any, self: Any) -> Any:
    """Who administers for the management account gives nobody anything there: https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html"""
    organization, target = organization_of(self.current_account), self._get_param("TargetId")
    if organization and target == organization.org.master_account_id != self.current_account:
        raise Failure("AccessDeniedException", "The management account alone assigns permission sets in itself")
    if organization and target not in [a.id for a in organization.accounts]:
        raise Failure("ResourceNotFoundException", f"The account {target} is not in the organization")
    return moto(self)


@instead_of(SSOAdminBackend, "_find_managed_policy")
def _(moto: Any, self: SSOAdminBackend, managed_policy_arn: str) -> ManagedPolicy:
    """AWS's policies may have a path, as those for job functions: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html"""
    policies = iam_backends[self.account_id][self.partition].managed_policies
    policy = found(policies, managed_policy_arn, "ResourceNotFoundException", f"Policy does not exist with ARN: {managed_policy_arn}")
    return ManagedPolicy(managed_policy_arn, policy.name)


class SSOAdmin(Filler):
    """https://docs.aws.amazon.com/singlesignon/latest/APIReference/welcome.html"""

    service = "sso-admin"
    signed_for = "sso"

    @property
    def _mine(self) -> dict[str, dict[Any, Any]]:
        return self.kept_of(instance_of(self.current_account), self.region)

    def _set(self, key: str = "PermissionSetArn") -> Any:
        arn = self.params[key]
        sets = {s.permission_set_arn: s for s in ssoadmin_backends[instance_of(self.current_account)][self.region].permission_sets}
        return found(sets, arn, "ResourceNotFoundException", f"Could not find PermissionSet {arn}")

    # Boundaries: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutPermissionsBoundaryToPermissionSet.html

    def put_permissions_boundary_to_permission_set(self) -> None:
        self._mine["boundaries"][self._set().permission_set_arn] = self.params["PermissionsBoundary"]

    def get_permissions_boundary_for_permission_set(self) -> dict[str, Any]:
        return {"PermissionsBoundary": found(self._mine["boundaries"], self._set().permission_set_arn, "ResourceNotFoundException", "The permission set has no permissions boundary")}

    def delete_permissions_boundary_from_permission_set(self) -> None:
        self.get_permissions_boundary_for_permission_set()
        del self._mine["boundaries"][self.params["PermissionSetArn"]]

    # Provisioning: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ProvisionPermissionSet.html

    def provision_permission_set(self) -> dict[str, Any]:
        """It is done at once; the request is kept for whoever waits for it."""
        status = {"Status": "SUCCEEDED", "RequestId": str(uuid.uuid4()), "PermissionSetArn": self._set().permission_set_arn, "CreatedDate": utcnow()}
        self._mine["requests"][status["RequestId"]] = status
        return {"PermissionSetProvisioningStatus": status}

    def describe_permission_set_provisioning_status(self) -> dict[str, Any]:
        return {"PermissionSetProvisioningStatus": found(self._mine["requests"], self.params["ProvisionPermissionSetRequestId"], "ResourceNotFoundException", "There is no such request")}

    # Tags: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_TagResource.html

    def list_tags_for_resource(self) -> dict[str, Any]:
        return {"Tags": self._set("ResourceArn").tags or []}

    def tag_resource(self) -> None:
        tags = {t["Key"]: t["Value"] for t in self._set("ResourceArn").tags or []} | {t["Key"]: t["Value"] for t in self.params["Tags"]}
        self._set("ResourceArn").tags = [{"Key": k, "Value": v} for k, v in tags.items()]

    def untag_resource(self) -> None:
        self._set("ResourceArn").tags = [t for t in self._set("ResourceArn").tags or [] if t["Key"] not in self.params["TagKeys"]]
