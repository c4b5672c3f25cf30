"""AWS Security Hub: an organisation's, with central configuration. moto has an administrator for all regions, and neither policies nor aggregators."""

import uuid
from typing import Any

from moto.core.utils import utcnow
from moto.securityhub.models import securityhub_backends

from .filler import Failure, Filler, found
from .tagged import TaggedByName
from .organizations import management_of


class SecurityHub(TaggedByName, Filler):
    """https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html"""

    service = "securityhub"
    TAGS, KEYS = "Tags", "TagKeys"

    # Hubs: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_EnableSecurityHub.html

    def _hub(self) -> Any:
        hub = securityhub_backends[self.current_account][self.region]
        if not hub.enabled:
            raise Failure("InvalidAccessException", f"Account {self.current_account} is not subscribed to AWS Security Hub")
        return hub

    def describe_hub(self) -> dict[str, Any]:
        hub = self._hub()
        settings = {"AutoEnableControls": True, "ControlFindingGenerator": "SECURITY_CONTROL", **self.kept["settings"]}
        return {"HubArn": self.arn("hub/default"), "SubscribedAt": hub.enabled_at, **settings}

    def update_security_hub_configuration(self) -> None:
        self._hub()
        self.kept["settings"].update({k: self.params[k] for k in ("AutoEnableControls", "ControlFindingGenerator") if self.params.get(k) is not None})

    # The organisation: https://docs.aws.amazon.com/securityhub/latest/userguide/designate-orgs-admin-account.html

    @property
    def _organization(self) -> dict[str, Any]:
        management = management_of(self.current_account, "InvalidAccessException")
        return self.kept_of(management, self.region)["organization"]

    def enable_organization_admin_account(self) -> dict[str, Any]:
        """The hub is on in the account that administers it from then on."""
        administrator, organization = self.params["AdminAccountId"], self._organization
        if self.current_account != management_of(self.current_account, "InvalidAccessException"):
            raise Failure("InvalidInputException", "The request was rejected because the account is not the organization management account")
        if organization.get("administrator", administrator) != administrator:
            raise Failure("ResourceConflictException", "The organization has another delegated administrator")
        management_of(administrator, "InvalidInputException")
        organization["administrator"] = administrator
        securityhub_backends[administrator][self.region].enable_security_hub(False)
        return {"AdminAccountId": administrator, "Feature": "SecurityHub"}

    def disable_organization_admin_account(self) -> None:
        if self._organization.get("administrator") != self.params["AdminAccountId"]:
            raise Failure("ResourceNotFoundException", "The account is not the delegated administrator")
        del self._organization["administrator"]

    def list_organization_admin_accounts(self) -> dict[str, Any]:
        administrator = self._organization.get("administrator")
        return {"AdminAccounts": [{"AccountId": administrator, "Status": "ENABLED"}] if administrator else [], "Feature": "SecurityHub"}

    def _administered(self) -> dict[str, Any]:
        self._hub()
        if self._organization.get("administrator") != self.current_account:
            raise Failure("AccessDeniedException", "The account is not the delegated administrator of Security Hub")
        return self._organization

    def describe_organization_configuration(self) -> dict[str, Any]:
        default = {"AutoEnable": False, "AutoEnableStandards": "DEFAULT", "OrganizationConfiguration": {"ConfigurationType": "LOCAL", "Status": "ENABLED"}}
        return {"MemberAccountLimitReached": False, **default, **self._administered().get("configuration", {})}

    def update_organization_configuration(self) -> None:
        """Accounts are configured centrally from the region that collects findings, and then not otherwise:
        https://docs.aws.amazon.com/securityhub/latest/userguide/start-central-configuration.html
        """
        organization, p = self._administered(), self.params
        configured = p.get("OrganizationConfiguration") or {"ConfigurationType": "LOCAL"}
        if configured["ConfigurationType"] == "CENTRAL":
            if p["AutoEnable"] or p.get("AutoEnableStandards", "NONE") != "NONE":
                raise Failure("InvalidInputException", "With central configuration, accounts are not enabled otherwise")
            if not self.kept["aggregators"]:
                raise Failure("InvalidAccessException", "Central configuration is for the aggregation Region of findings")
        organization["configuration"] = {
            "AutoEnable": p["AutoEnable"], "AutoEnableStandards": p.get("AutoEnableStandards", "DEFAULT"),
            "OrganizationConfiguration": {"ConfigurationType": configured["ConfigurationType"], "Status": "ENABLED"},
        }

    # Aggregators: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_CreateFindingAggregator.html

    def create_finding_aggregator(self) -> dict[str, Any]:
        self._hub()
        if self.kept["aggregators"]:
            raise Failure("ResourceConflictException", "The account has a finding aggregator")
        arn = self.arn(f"finding-aggregator/{uuid.uuid4()}")
        self.kept["aggregators"][arn] = {"FindingAggregatorArn": arn, "FindingAggregationRegion": self.region}
        return self._linked(self.kept["aggregators"][arn])

    def _linked(self, aggregator: dict[str, Any]) -> dict[str, Any]:
        mode, regions = self.params["RegionLinkingMode"], self.params.get("Regions") or []
        if bool(regions) == (mode in ("ALL_REGIONS", "NO_REGIONS")):
            raise Failure("InvalidInputException", f"Regions do not suit the mode {mode}")
        aggregator.update(RegionLinkingMode=mode, Regions=regions)
        return aggregator

    def get_finding_aggregator(self) -> dict[str, Any]:
        return found(self.kept["aggregators"], self.params["FindingAggregatorArn"], "ResourceNotFoundException", "There is no such finding aggregator")

    def list_finding_aggregators(self) -> dict[str, Any]:
        return {"FindingAggregators": [{"FindingAggregatorArn": a} for a in self.kept["aggregators"]]}

    def update_finding_aggregator(self) -> dict[str, Any]:
        return self._linked(self.get_finding_aggregator())

    def delete_finding_aggregator(self) -> None:
        self.get_finding_aggregator()
        del self.kept["aggregators"][self.params["FindingAggregatorArn"]]

    # Policies: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_CreateConfigurationPolicy.html

    def _central(self) -> None:
        if self._administered().get("configuration", {}).get("OrganizationConfiguration", {}).get("ConfigurationType") != "CENTRAL":
            raise Failure("AccessDeniedException", "The organization does not use central configuration")

    def create_configuration_policy(self) -> dict[str, Any]:
        self._central()
        if any(p["Name"] == self.params["Name"] for p in self.kept["policies"].values()):
            raise Failure("ResourceConflictException", f"There is a configuration policy {self.params['Name']}")
        identity = str(uuid.uuid4())
        policy = {
            "Id": identity, "Arn": self.arn(f"configuration-policy/{identity}"), "Name": self.params["Name"], "Description": self.params.get("Description", ""),
            "ConfigurationPolicy": self.params["ConfigurationPolicy"], "CreatedAt": utcnow(), "UpdatedAt": utcnow(),
        }
        self.kept["policies"][identity] = policy
        self.kept["tags"][policy["Arn"]] = dict(self.params.get("Tags") or {})
        return policy

    def _policy(self, key: str = "Identifier") -> dict[str, Any]:
        self._central()
        identity = self.params[key].rpartition("/")[2]
        return found(self.kept["policies"], identity, "ResourceNotFoundException", f"There is no configuration policy {identity}")

    def get_configuration_policy(self) -> dict[str, Any]:
        return self._policy()

    def list_configuration_policies(self) -> dict[str, Any]:
        self._central()
        return {"ConfigurationPolicySummaries": [
            {**{k: p[k] for k in ("Id", "Arn", "Name", "Description", "UpdatedAt")}, "ServiceEnabled": p["ConfigurationPolicy"]["SecurityHub"].get("ServiceEnabled")}
            for p in self.kept["policies"].values()]}

    def update_configuration_policy(self) -> dict[str, Any]:
        policy = self._policy()
        policy.update({k: self.params[k] for k in ("Name", "Description", "ConfigurationPolicy") if self.params.get(k) is not None}, UpdatedAt=utcnow())
        return policy

    def delete_configuration_policy(self) -> None:
        identity = self._policy()["Id"]
        if any(a["ConfigurationPolicyId"] == identity for a in self.kept["associations"].values()):
            raise Failure("ResourceInUseException", "The configuration policy is associated")
        del self.kept["policies"][identity]

    # Associations: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_StartConfigurationPolicyAssociation.html

    def _target(self) -> tuple[str, str]:
        kinds = {"RootId": "ROOT", "OrganizationalUnitId": "ORGANIZATIONAL_UNIT", "AccountId": "ACCOUNT"}
        [(key, identity)] = self.params["Target"].items()
        return identity, kinds[key]

    def start_configuration_policy_association(self) -> dict[str, Any]:
        identity, kind = self._target()
        self.kept["associations"][identity] = {
            "ConfigurationPolicyId": self._policy("ConfigurationPolicyIdentifier")["Id"], "TargetId": identity, "TargetType": kind,
            "AssociationType": "APPLIED", "UpdatedAt": utcnow(), "AssociationStatus": "SUCCESS", "AssociationStatusMessage": "",
        }
        return self.kept["associations"][identity]

    def get_configuration_policy_association(self) -> dict[str, Any]:
        self._central()
        return found(self.kept["associations"], self._target()[0], "ResourceNotFoundException", "The target has no configuration policy")

    def start_configuration_policy_disassociation(self) -> None:
        self.get_configuration_policy_association()
        del self.kept["associations"][self._target()[0]]

    # Tags: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_TagResource.html

    def _tags(self) -> dict[str, str]:
        return self.kept["tags"].setdefault(self.params["ResourceArn"], {})
