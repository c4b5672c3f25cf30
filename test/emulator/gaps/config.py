"""AWS Config: rules of an organisation."""

import secrets
from typing import Any

from moto.core.utils import utcnow

from .filler import Failure, Filler, found
from .organizations import delegated

KINDS = ("OrganizationManagedRuleMetadata", "OrganizationCustomRuleMetadata", "OrganizationCustomPolicyRuleMetadata")


class Config(Filler):
    """https://docs.aws.amazon.com/config/latest/developerguide/config-rule-multi-account-deployment.html"""

    service = "config"

    @property
    def _rules(self) -> dict[str, dict[str, Any]]:
        if not delegated(self.current_account, "config-multiaccountsetup.amazonaws.com"):
            raise Failure("OrganizationAccessDeniedException", "This action can only be performed by the management account or a delegated administrator")
        return self.kept["organization rules"]

    def put_organization_config_rule(self) -> dict[str, Any]:
        """https://docs.aws.amazon.com/config/latest/APIReference/API_PutOrganizationConfigRule.html"""
        p, name = self.params, self.params["OrganizationConfigRuleName"]
        if sum(bool(p.get(kind)) for kind in KINDS) != 1:
            raise Failure("InvalidParameterValueException", "A rule is either a managed or a custom one")
        arn = self._rules.get(name, {}).get("OrganizationConfigRuleArn") or self.arn(f"organization-config-rule/{name}-{secrets.token_hex(4)}")
        self.kept["statuses"][name] = "UPDATE_SUCCESSFUL" if name in self._rules else "CREATE_SUCCESSFUL"
        self._rules[name] = {
            "OrganizationConfigRuleName": name, "OrganizationConfigRuleArn": arn, "ExcludedAccounts": p.get("ExcludedAccounts") or [], "LastUpdateTime": utcnow(),
            **{kind: p[kind] for kind in KINDS if p.get(kind)},
        }
        return {"OrganizationConfigRuleArn": arn}

    def _named(self) -> list[dict[str, Any]]:
        names = self.params.get("OrganizationConfigRuleNames") or list(self._rules)
        return [self._rule(name) for name in names]

    def _rule(self, name: str) -> dict[str, Any]:
        return found(self._rules, name, "NoSuchOrganizationConfigRuleException", f"The organization config rule {name} does not exist")

    def describe_organization_config_rules(self) -> dict[str, Any]:
        return {"OrganizationConfigRules": self._named()}

    def describe_organization_config_rule_statuses(self) -> dict[str, Any]:
        """https://docs.aws.amazon.com/config/latest/APIReference/API_OrganizationConfigRuleStatus.html"""
        statuses = self.kept["statuses"]
        return {"OrganizationConfigRuleStatuses": [
            {"OrganizationConfigRuleName": r["OrganizationConfigRuleName"], "OrganizationRuleStatus": statuses[r["OrganizationConfigRuleName"]], "LastUpdateTime": r["LastUpdateTime"]}
            for r in self._named()]}

    def get_organization_config_rule_detailed_status(self) -> dict[str, Any]:
        self._rule(self.params["OrganizationConfigRuleName"])
        return {"OrganizationConfigRuleDetailedStatus": []}

    def delete_organization_config_rule(self) -> None:
        self._rule(self.params["OrganizationConfigRuleName"])
        del self._rules[self.params["OrganizationConfigRuleName"]]
