"""AWS Cost Explorer: what it watches for anomalies, without any."""

import uuid
from typing import Any

from moto.core.utils import utcnow

from .filler import Failure, Filler, found
from .tagged import Tagged


def have_monitor(account: str, arn: str) -> None:
    """AWS has made a monitor for an account that used Cost Explorer: https://docs.aws.amazon.com/cost-management/latest/userguide/getting-started-ad.html"""
    CostExplorer.kept_of(account, "")["monitors"].setdefault(arn, {
        "MonitorArn": arn, "MonitorName": "Default-Services-Monitor", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"})


class CostExplorer(Tagged, Filler):
    """https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_Operations_AWS_Cost_Explorer_Service.html"""

    service = "ce"
    TAGS, KEYS = "ResourceTags", "ResourceTagKeys"
    everywhere = True

    def _new(self, kind: str, prefix: str, key: str, value: dict[str, Any]) -> str:
        arn = self.arn(f"{prefix}/{uuid.uuid4()}")
        self.kept[kind][arn] = {**value, key: arn}
        self.kept["tags"][arn] = {t["Key"]: t["Value"] for t in self.params.get("ResourceTags") or []}
        return arn

    def _monitors(self, arns: list[str]) -> list[dict[str, Any]]:
        return [found(self.kept["monitors"], a, "UnknownMonitorException", f"There is no anomaly monitor {a}") for a in arns]

    def _subscriptions(self, arns: list[str]) -> list[dict[str, Any]]:
        return [found(self.kept["subscriptions"], a, "UnknownSubscriptionException", f"There is no anomaly subscription {a}") for a in arns]

    # https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_CreateAnomalyMonitor.html

    def create_anomaly_monitor(self) -> dict[str, Any]:
        """An account has one monitor for all services: https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html"""
        monitor = self.params["AnomalyMonitor"]
        if monitor["MonitorType"] == "DIMENSIONAL" and any(m.get("MonitorDimension") == monitor["MonitorDimension"] for m in self.kept["monitors"].values()):
            raise Failure("LimitExceededException", "Limit exceeded on dimensional spend monitor creation")
        day = utcnow().strftime("%Y-%m-%d")
        return {"MonitorArn": self._new("monitors", "anomalymonitor", "MonitorArn", {"CreationDate": day, "LastUpdatedDate": day, **monitor})}

    def get_anomaly_monitors(self) -> dict[str, Any]:
        return {"AnomalyMonitors": self._monitors(self.params.get("MonitorArnList") or list(self.kept["monitors"]))}

    def update_anomaly_monitor(self) -> dict[str, Any]:
        [monitor] = self._monitors([self.params["MonitorArn"]])
        monitor.update({k: self.params[k] for k in ("MonitorName",) if self.params.get(k)})
        return {"MonitorArn": monitor["MonitorArn"]}

    def delete_anomaly_monitor(self) -> None:
        self._monitors([self.params["MonitorArn"]])
        del self.kept["monitors"][self.params["MonitorArn"]]

    # https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_CreateAnomalySubscription.html

    def create_anomaly_subscription(self) -> dict[str, Any]:
        subscription = self.params["AnomalySubscription"]
        self._monitors(subscription["MonitorArnList"])
        return {"SubscriptionArn": self._new("subscriptions", "anomalysubscription", "SubscriptionArn", {"AccountId": self.current_account, **subscription})}

    def get_anomaly_subscriptions(self) -> dict[str, Any]:
        subscriptions = self._subscriptions(self.params.get("SubscriptionArnList") or list(self.kept["subscriptions"]))
        monitor = self.params.get("MonitorArn")
        return {"AnomalySubscriptions": [s for s in subscriptions if not monitor or monitor in s["MonitorArnList"]]}

    def update_anomaly_subscription(self) -> dict[str, Any]:
        [subscription] = self._subscriptions([self.params["SubscriptionArn"]])
        self._monitors(self.params.get("MonitorArnList") or [])
        subscription.update({k: v for k, v in self.params.items() if v is not None})
        return {"SubscriptionArn": subscription["SubscriptionArn"]}

    def delete_anomaly_subscription(self) -> None:
        self._subscriptions([self.params["SubscriptionArn"]])
        del self.kept["subscriptions"][self.params["SubscriptionArn"]]

    # Cost allocation tags: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_UpdateCostAllocationTagsStatus.html

    def update_cost_allocation_tags_status(self) -> dict[str, Any]:
        """AWS knows a tag's key a day after the first resource has it. Here a day has gone by."""
        for tag in self.params["CostAllocationTagsStatus"]:
            self.kept["cost_tags"][tag["TagKey"]] = {
                "TagKey": tag["TagKey"], "Status": tag["Status"], "Type": "AWSGenerated" if tag["TagKey"].startswith("aws:") else "UserDefined",
                "LastUpdatedDate": utcnow().strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        return {"Errors": []}

    def list_cost_allocation_tags(self) -> dict[str, Any]:
        p = self.params
        return {"CostAllocationTags": [
            t for t in self.kept["cost_tags"].values()
            if t["TagKey"] in (p.get("TagKeys") or [t["TagKey"]]) and p.get("Status") in (None, t["Status"]) and p.get("Type") in (None, t["Type"])
        ]}

    # Tags: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_TagResource.html

    def _tags(self) -> dict[str, str]:
        return found(self.kept["tags"], self.params["ResourceArn"], "ResourceNotFoundException", f"There is no {self.params['ResourceArn']}")
