"""AWS Account Management. moto has alternate contacts, and no regions."""

from typing import Any

from .filler import Failure, Filler
from .organizations import management_of, organization_of, trusted

# https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
OPT_IN = {
    "af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1",
    "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
}


def enable(account: str, region: str) -> None:
    """As a person does in the console."""
    if region in OPT_IN:
        Account.kept_of(account, "")["regions"][region] = True


class Account(Filler):
    """https://docs.aws.amazon.com/accounts/latest/reference/api-reference.html"""

    service = "account"
    everywhere = True

    def _account(self) -> str:
        """The account that a request is about. Others than its own the management account asks for, when it trusts the service:
        https://docs.aws.amazon.com/accounts/latest/reference/using-orgs-trusted-access.html
        """
        account = self.params.get("AccountId") or self.current_account
        if account == self.current_account:
            return account
        management = management_of(self.current_account, "AccessDeniedException")
        if management != self.current_account or not trusted(management, "account.amazonaws.com"):
            raise Failure("AccessDeniedException", f"The account may not ask for account {account}")
        if account == management or account not in [a.id for a in organization_of(management).accounts]:
            raise Failure("AccessDeniedException", f"The account {account} is no member account of the organization")
        return account

    def _status(self) -> str:
        region = self.params["RegionName"]
        if region not in OPT_IN:
            return "ENABLED_BY_DEFAULT"
        return "ENABLED" if region in self.kept_of(self._account(), "")["regions"] else "DISABLED"

    def get_region_opt_status(self) -> dict[str, Any]:
        self._account()
        return {"RegionName": self.params["RegionName"], "RegionOptStatus": self._status()}

    def _changeable(self) -> dict[str, Any]:
        regions = self.kept_of(self._account(), "")["regions"]
        if self.params["RegionName"] not in OPT_IN:
            raise Failure("ValidationException", f"The Region {self.params['RegionName']} is enabled by default")
        return regions

    def enable_region(self) -> None:
        """https://docs.aws.amazon.com/accounts/latest/reference/API_EnableRegion.html"""
        self._changeable()[self.params["RegionName"]] = True

    def disable_region(self) -> None:
        self._changeable().pop(self.params["RegionName"], None)
