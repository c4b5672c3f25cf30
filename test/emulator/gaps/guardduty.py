"""Amazon GuardDuty: an organisation's. moto has detectors, which know only what they were told."""

from typing import Any

from moto.guardduty.models import Detector, GuardDutyBackend, guardduty_backends

from .filler import Failure, Filler, found, instead_of
from .organizations import organization_of

# What a detector has from the beginning, and cannot do without:
# https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfigurationResult.html
FOUNDATION = ["CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS"]
# https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfiguration.html, with those that are on where nobody has said otherwise.
FEATURES = {
    "S3_DATA_EVENTS": True, "EKS_AUDIT_LOGS": True, "EBS_MALWARE_PROTECTION": True, "RDS_LOGIN_EVENTS": True, "LAMBDA_NETWORK_LOGS": True,
    "EKS_RUNTIME_MONITORING": False, "RUNTIME_MONITORING": False,
}
AGENTS = {"EKS_RUNTIME_MONITORING": ["EKS_ADDON_MANAGEMENT"], "RUNTIME_MONITORING": ["EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"]}


def merged(old: list[dict[str, Any]], new: list[dict[str, Any]], value: str) -> list[dict[str, Any]]:
    """Features with what a request changes of them; what it does not name stays."""
    features = {f["Name"]: dict(f) for f in old}
    for f in new:
        if f["Name"] not in FEATURES:
            raise Failure("BadRequestException", f"The request is rejected because there is no feature {f['Name']}")
        feature = features.setdefault(f["Name"], {"Name": f["Name"]})
        feature[value] = f[value]
        parts = {a["Name"]: a for a in (feature.get("AdditionalConfiguration") or []) + (f.get("AdditionalConfiguration") or [])}
        if set(parts) - set(AGENTS.get(f["Name"], [])):
            raise Failure("BadRequestException", f"The request is rejected because {f['Name']} has no such additional configuration")
        feature["AdditionalConfiguration"] = list(parts.values())
    return list(features.values())


class GuardDuty(Filler):
    """https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html"""

    service = "guardduty"

    def _detector(self) -> Detector:
        detectors = guardduty_backends[self.current_account][self.region].detectors
        return found(detectors, self.params["DetectorId"], "BadRequestException", "The request is rejected because the input detectorId is not owned by the current account.")

    def update_detector(self) -> None:
        """https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateDetector.html"""
        detector, p = self._detector(), self.params
        detector.update(p.get("Enable"), p.get("FindingPublishingFrequency"), p.get("DataSources"), None)
        self.kept["features"][detector.id] = merged(self._features(detector), p.get("Features") or [], "Status")

    def _features(self, detector: Detector) -> list[dict[str, Any]]:
        told = [{k[0].upper() + k[1:]: v for k, v in f.items()} for f in detector.features]
        default = merged([{"Name": name, "Status": "ENABLED" if on else "DISABLED"} for name, on in FEATURES.items()], told, "Status")
        return self.kept["features"].get(detector.id, default)

    def get_detector(self) -> dict[str, Any]:
        detector = self._detector()
        shown = detector.to_json()
        on = {f["Name"]: f["Status"] for f in self._features(detector)}
        return {
            "CreatedAt": shown["createdAt"], "UpdatedAt": shown["updatedAt"], "FindingPublishingFrequency": shown["findingPublishingFrequency"],
            "ServiceRole": shown["serviceRole"], "Status": shown["status"], "Tags": shown["tags"],
            "DataSources": {
                **{name: {"Status": "ENABLED"} for name in ("CloudTrail", "DNSLogs", "FlowLogs")}, "S3Logs": {"Status": on["S3_DATA_EVENTS"]},
                "Kubernetes": {"AuditLogs": {"Status": on["EKS_AUDIT_LOGS"]}},
                "MalwareProtection": {"ScanEc2InstanceWithFindings": {"EbsVolumes": {"Status": on["EBS_MALWARE_PROTECTION"]}}},
            },
            "Features": [{"Name": name, "Status": "ENABLED"} for name in FOUNDATION] + self._features(detector),
        }

    # https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateOrganizationConfiguration.html

    def _organization(self) -> dict[str, Any]:
        self._detector()
        organization = organization_of(self.current_account)
        management = organization and organization.org.master_account_id
        if not management or self.current_account not in guardduty_backends[management][self.region].admin_account_ids:
            raise Failure("BadRequestException", "The request failed because you must be the GuardDuty delegated administrator")
        return self.kept["organization"].setdefault("configuration", {"AutoEnableOrganizationMembers": "NEW", "Features": []})

    def describe_organization_configuration(self) -> dict[str, Any]:
        configuration = self._organization()
        members = configuration["AutoEnableOrganizationMembers"]
        features = merged([{"Name": name, "AutoEnable": "NONE"} for name in FEATURES], configuration["Features"], "AutoEnable")
        on = {f["Name"]: f["AutoEnable"] != "NONE" for f in features}
        return {
            "AutoEnable": members != "NONE", "AutoEnableOrganizationMembers": members, "MemberAccountLimitReached": False, "Features": features,
            "DataSources": {
                "S3Logs": {"AutoEnable": on["S3_DATA_EVENTS"]}, "Kubernetes": {"AuditLogs": {"AutoEnable": on["EKS_AUDIT_LOGS"]}},
                "MalwareProtection": {"ScanEc2InstanceWithFindings": {"EbsVolumes": {"AutoEnable": on["EBS_MALWARE_PROTECTION"]}}},
            },
        }

    def update_organization_configuration(self) -> None:
        configuration, p = self._organization(), self.params
        if p.get("AutoEnableOrganizationMembers"):
            configuration["AutoEnableOrganizationMembers"] = p["AutoEnableOrganizationMembers"]
        configuration["Features"] = merged(configuration["Features"], p.get("Features") or [], "AutoEnable")

    def disable_organization_admin_account(self) -> None:
        """https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DisableOrganizationAdminAccount.html"""
        admins = guardduty_backends[self.current_account][self.region].admin_account_ids
        if self.params["AdminAccountId"] not in admins:
            raise Failure("BadRequestException", "The request failed because the account is not the delegated administrator")
        admins.remove(self.params["AdminAccountId"])


@instead_of(GuardDutyBackend, "enable_organization_admin_account")
def _(moto: Any, self: GuardDutyBackend, admin_account_id: str) -> None:
    """GuardDuty is on in the account that administers it from then on, in this region:
    https://docs.aws.amazon.com/guardduty/latest/APIReference/API_EnableOrganizationAdminAccount.html
    """
    organization = organization_of(self.account_id)
    if not organization or organization.org.master_account_id != self.account_id or admin_account_id not in [a.id for a in organization.accounts]:
        raise Failure("BadRequestException", "The request failed because only the management account designates one of its accounts")
    moto(self, admin_account_id)
    administering = guardduty_backends[admin_account_id][self.region_name]
    if not administering.detectors:
        administering.create_detector(True, "SIX_HOURS", {}, {}, [])
