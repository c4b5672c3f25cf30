"""Amazon ECR: what a registry has besides repositories."""

from typing import Any

from moto.core.utils import utcnow
from moto.ecr.models import ecr_backends

from .filler import Failure, Filler, found

# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html
SETTINGS = {"BASIC_SCAN_TYPE_VERSION": "AWS_NATIVE", "REGISTRY_POLICY_SCOPE": "V2", "BLOB_MOUNTING": "DISABLED"}


class ECR(Filler):
    service = "ecr"

    def get_account_setting(self) -> dict[str, Any]:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAccountSetting.html"""
        name = self.params["name"]
        default = found(SETTINGS, name, "InvalidParameterException", f"there is no setting {name}")
        return {"name": name, "value": self.kept["settings"].get(name, default)}

    def put_account_setting(self) -> dict[str, Any]:
        name, value = self.params["name"], self.params["value"]
        found(SETTINGS, name, "InvalidParameterException", f"there is no setting {name}")
        self.kept["settings"][name] = value
        return {"name": name, "value": value}

    # moto takes only policies with replication's actions; with the scope V2 a policy may name all of ECR's:
    # https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
    def put_registry_policy(self) -> dict[str, Any]:
        self.kept["policy"][""] = self.params["policyText"]
        return self.get_registry_policy()

    def get_registry_policy(self) -> dict[str, Any]:
        text = found(self.kept["policy"], "", "RegistryPolicyNotFoundException", f"Registry policy does not exist in the registry with id '{self.current_account}'")
        return {"registryId": self.current_account, "policyText": text}

    def delete_registry_policy(self) -> dict[str, Any]:
        answer = self.get_registry_policy()
        del self.kept["policy"][""]
        return answer

    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
    def create_repository_creation_template(self) -> dict[str, Any]:
        prefix = self.params["prefix"]
        if prefix in self.kept["templates"]:
            raise Failure("TemplateAlreadyExistsException", f"The creation template with prefix '{prefix}' already exists")
        template = {"imageTagMutability": "MUTABLE", "encryptionConfiguration": {"encryptionType": "AES256"}, **self.params, "createdAt": utcnow(), "updatedAt": utcnow()}
        self.kept["templates"][prefix] = template
        return {"registryId": self.current_account, "repositoryCreationTemplate": template}

    def _template(self) -> dict[str, Any]:
        prefix = self.params["prefix"]
        return found(self.kept["templates"], prefix, "TemplateNotFoundException", f"The creation template with prefix '{prefix}' does not exist")

    def update_repository_creation_template(self) -> dict[str, Any]:
        template = self._template()
        template.update(self.params, updatedAt=utcnow())
        return {"registryId": self.current_account, "repositoryCreationTemplate": template}

    def describe_repository_creation_templates(self) -> dict[str, Any]:
        prefixes = self.params.get("prefixes") or list(self.kept["templates"])
        return {"registryId": self.current_account, "repositoryCreationTemplates": [self.kept["templates"][p] for p in prefixes if p in self.kept["templates"]]}

    def delete_repository_creation_template(self) -> dict[str, Any]:
        template = self._template()
        del self.kept["templates"][template["prefix"]]
        return {"registryId": self.current_account, "repositoryCreationTemplate": template}

    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
    def create_pull_through_cache_rule(self) -> dict[str, Any]:
        prefix = self.params["ecrRepositoryPrefix"]
        if prefix in self.kept["cache"]:
            raise Failure("PullThroughCacheRuleAlreadyExistsException", f"A pull through cache rule with prefix '{prefix}' already exists")
        self.kept["cache"][prefix] = {**self.params, "createdAt": utcnow(), "updatedAt": utcnow(), "registryId": self.current_account}
        return self.kept["cache"][prefix]

    def describe_pull_through_cache_rules(self) -> dict[str, Any]:
        prefixes = self.params.get("ecrRepositoryPrefixes") or list(self.kept["cache"])
        for prefix in prefixes:
            found(self.kept["cache"], prefix, "PullThroughCacheRuleNotFoundException", f"there is no pull through cache rule with prefix '{prefix}'")
        return {"pullThroughCacheRules": [self.kept["cache"][p] for p in prefixes]}

    def delete_pull_through_cache_rule(self) -> dict[str, Any]:
        prefix = self.params["ecrRepositoryPrefix"]
        rule = found(self.kept["cache"], prefix, "PullThroughCacheRuleNotFoundException", f"there is no pull through cache rule with prefix '{prefix}'")
        del self.kept["cache"][prefix]
        return rule
