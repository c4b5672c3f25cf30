"""AWS Backup: settings, the policies of vaults, and what plans are about. moto has plans, vaults and their locks."""

import uuid
from typing import Any

from moto.backup.models import backup_backends
from moto.core.utils import utcnow

from .filler import Failure, Filler, found
from .organizations import organization_of

# What an account is asked about, and what it has until it says otherwise:
# https://docs.aws.amazon.com/aws-backup/latest/devguide/working-with-supported-services.html
TYPES = ["Aurora", "CloudFormation", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "Redshift", "S3", "SAP HANA on Amazon EC2", "Storage Gateway", "Timestream", "VirtualMachine"]
MANAGED = {"CloudFormation": True, "DynamoDB": False, "EFS": True}


class Backup(Filler):
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/api-reference.html"""

    service = "backup"

    # Settings: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateGlobalSettings.html

    @property
    def _global(self) -> dict[str, str]:
        settings = self.kept_of(self.current_account, "")["global"]
        for name in ("isCrossAccountBackupEnabled", "isDelegatedAdministratorEnabled", "isMpaEnabled"):
            settings.setdefault(name, "false")
        return settings

    def describe_global_settings(self) -> dict[str, Any]:
        return {"GlobalSettings": self._global, "LastUpdateTime": utcnow()}

    def update_global_settings(self) -> None:
        organization = organization_of(self.current_account)
        if not organization or organization.org.master_account_id != self.current_account:
            raise Failure("InvalidRequestException", "Global settings are those of the management account")
        unknown = set(self.params["GlobalSettings"]) - set(self._global)
        if unknown:
            raise Failure("InvalidParameterValueException", f"there is no setting {', '.join(sorted(unknown))}")
        self._global.update(self.params["GlobalSettings"])

    def _preferences(self, kind: str, default: dict[str, bool]) -> dict[str, bool]:
        return {**default, **self.kept[kind]}

    def describe_region_settings(self) -> dict[str, Any]:
        return {
            "ResourceTypeOptInPreference": self._preferences("optIn", {t: True for t in TYPES}),
            "ResourceTypeManagementPreference": self._preferences("management", MANAGED),
        }

    def update_region_settings(self) -> None:
        for kind, key, known in (("optIn", "ResourceTypeOptInPreference", TYPES), ("management", "ResourceTypeManagementPreference", list(MANAGED))):
            wanted = self.params.get(key) or {}
            for name in wanted:
                if name not in known:
                    raise Failure("InvalidParameterValueException", f"there is no resource type {name}")
            self.kept[kind].update(wanted)

    # Policies: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultAccessPolicy.html

    @property
    def _backend(self) -> Any:
        return backup_backends[self.current_account][self.region]

    def _vault(self) -> Any:
        name = self.params["BackupVaultName"]
        return found(self._backend.vaults, name, "ResourceNotFoundException", f"Backup Vault {name} does not exist")

    def put_backup_vault_access_policy(self) -> None:
        self.kept["policies"][self._vault().backup_vault_arn] = self.params["Policy"]

    def get_backup_vault_access_policy(self) -> dict[str, Any]:
        vault = self._vault()
        policy = found(self.kept["policies"], vault.backup_vault_arn, "ResourceNotFoundException", "the vault has no access policy")
        return {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn, "Policy": policy}

    def delete_backup_vault_access_policy(self) -> None:
        self.kept["policies"].pop(self._vault().backup_vault_arn, None)

    # Selections: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupSelection.html

    def _selections(self) -> dict[str, Any]:
        plan = self.params["BackupPlanId"]
        found(self._backend.plans, plan, "ResourceNotFoundException", f"Backup plan {plan} does not exist")
        return self.kept["selections"].setdefault(plan, {})

    def create_backup_selection(self) -> dict[str, Any]:
        selections, selection = self._selections(), self.params["BackupSelection"]
        if any(s["BackupSelection"]["SelectionName"] == selection["SelectionName"] for s in selections.values()):
            raise Failure("AlreadyExistsException", f"the plan has a selection {selection['SelectionName']}")
        selection = {"Resources": [], "NotResources": [], "ListOfTags": [], "Conditions": {}, **selection}
        made = {"SelectionId": str(uuid.uuid4()), "BackupPlanId": self.params["BackupPlanId"], "CreationDate": utcnow(), "BackupSelection": selection}
        selections[made["SelectionId"]] = made
        return made

    def get_backup_selection(self) -> dict[str, Any]:
        return found(self._selections(), self.params["SelectionId"], "ResourceNotFoundException", "there is no such selection")

    def list_backup_selections(self) -> dict[str, Any]:
        return {"BackupSelectionsList": [{**s, **s["BackupSelection"]} for s in self._selections().values()]}

    def delete_backup_selection(self) -> None:
        self.get_backup_selection()
        del self._selections()[self.params["SelectionId"]]

    # Tags, which moto finds under one form of the path alone: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListTags.html

    def list_tags(self) -> dict[str, Any]:
        return {"Tags": self._backend.list_tags(self.params["ResourceArn"])}

    def tag_resource(self) -> None:
        self._backend.tag_resource(self.params["ResourceArn"], self.params["Tags"])

    def untag_resource(self) -> None:
        self._backend.untag_resource(self.params["ResourceArn"], self.params["TagKeyList"])
