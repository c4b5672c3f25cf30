"""AWS IAM: what an organisation manages of its accounts' root users, and what roles of services are called."""

from typing import Any

from moto.iam.models import SERVICE_NAME_CONVERSION

from .filler import Failure, Filler
from .organizations import management_of, organization_of, trusted

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
SERVICE_NAME_CONVERSION.update({"backup": "Backup", "config": "Config", "guardduty": "AmazonGuardDuty", "ram": "ResourceAccessManager", "securityhub": "SecurityHub"})


class IAM(Filler):
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html"""

    service = "iam"
    everywhere = True

    @property
    def _features(self) -> dict[str, bool]:
        management = management_of(self.current_account, "OrganizationNotFoundException")
        if management != self.current_account:
            raise Failure("CallerIsNotManagementAccountException", "The request was rejected because the account making the request is not the management account")
        if not trusted(management, "iam.amazonaws.com"):
            raise Failure("ServiceAccessNotEnabledException", "IAM is no trusted service of the organization")
        return self.kept["features"]

    def _shown(self) -> dict[str, Any]:
        return {"OrganizationId": organization_of(self.current_account).org.id, "EnabledFeatures": sorted(self._features)}

    def list_organizations_features(self) -> dict[str, Any]:
        return self._shown()

    def enable_organizations_root_credentials_management(self) -> dict[str, Any]:
        self._features["RootCredentialsManagement"] = True
        return self._shown()

    def disable_organizations_root_credentials_management(self) -> dict[str, Any]:
        self._features.pop("RootCredentialsManagement", None)
        return self._shown()

    def enable_organizations_root_sessions(self) -> dict[str, Any]:
        self._features["RootSessions"] = True
        return self._shown()

    def disable_organizations_root_sessions(self) -> dict[str, Any]:
        self._features.pop("RootSessions", None)
        return self._shown()
