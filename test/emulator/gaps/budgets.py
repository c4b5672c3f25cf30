"""AWS Budgets. moto has budgets that nobody changes, who hears of what is forgotten, and no actions."""

import uuid
from typing import Any

from moto.budgets.models import Budget, budgets_backends
from moto.core.utils import unix_time

from .filler import Failure, Filler, found
from .tagged import Tagged


class Budgets(Tagged, Filler):
    """https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_Operations_AWS_Budgets.html"""

    service = "budgets"
    TAGS, KEYS = "ResourceTags", "ResourceTagKeys"
    everywhere = True

    def _budget(self, name: str = "") -> Budget:
        name = name or self.params["BudgetName"]
        if self.params["AccountId"] != self.current_account:
            raise Failure("AccessDeniedException", f"Account {self.current_account} may not see budgets of {self.params['AccountId']}")
        budgets = budgets_backends[self.current_account][self.partition].budgets[self.current_account]
        return found(budgets, name, "NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist.")

    @staticmethod
    def _told(budget: dict[str, Any]) -> dict[str, Any]:
        """A budget of a request, with times as moto keeps them."""
        period = {k: unix_time(v.replace(tzinfo=None)) for k, v in (budget.get("TimePeriod") or {}).items()}
        return {**budget, **({"TimePeriod": period} if period else {})}

    def create_budget(self) -> None:
        """https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html"""
        p, backend = self.params, budgets_backends[self.current_account][self.partition]
        backend.create_budget(p["AccountId"], self._told(p["Budget"]), p.get("NotificationsWithSubscribers") or [])
        self.kept["tags"][self.arn(f"budget/{p['Budget']['BudgetName']}")] = {t["Key"]: t["Value"] for t in p.get("ResourceTags") or []}

    def update_budget(self) -> None:
        """https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_UpdateBudget.html"""
        new = self._told(self.params["NewBudget"])
        budget = self._budget(new["BudgetName"])
        if new["BudgetType"] != budget.budget["BudgetType"]:
            raise Failure("InvalidParameterException", "The type of a budget cannot be changed")
        for key in ("BudgetLimit", "PlannedBudgetLimits"):
            budget.budget.pop(key, None)
        changed = Budget({**budget.budget, **new}, [])
        budget.budget = changed.budget

    # Notifications: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_DescribeSubscribersForNotification.html

    @staticmethod
    def _same(a: dict[str, Any], b: dict[str, Any]) -> bool:
        """Whether two are one notification, which has no name."""
        def key(n: dict[str, Any]) -> tuple[Any, ...]:
            return n["NotificationType"], n["ComparisonOperator"], float(n["Threshold"]), n.get("ThresholdType", "PERCENTAGE")
        return key(a) == key(b)

    def _notification(self) -> Any:
        for notification in self._budget().notifications:
            if self._same(notification.details, self.params["Notification"]):
                return notification
        raise Failure("NotFoundException", "Unable to get the notification - the notification doesn't exist.")

    def describe_notifications_for_budget(self) -> dict[str, Any]:
        return {"Notifications": [{"ThresholdType": "PERCENTAGE", **n.details} for n in self._budget().notifications]}

    def describe_subscribers_for_notification(self) -> dict[str, Any]:
        return {"Subscribers": self._notification().subscribers}

    def delete_notification(self) -> None:
        self._budget().notifications.remove(self._notification())

    # Actions: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudgetAction.html

    def _actions(self) -> dict[str, dict[str, Any]]:
        self._budget()
        return self.kept["actions"].setdefault(self.params["BudgetName"], {})

    def create_budget_action(self) -> dict[str, Any]:
        p, actions = self.params, self._actions()
        action = {
            **{k: p[k] for k in ("BudgetName", "NotificationType", "ActionType", "ActionThreshold", "Definition", "ExecutionRoleArn", "ApprovalModel", "Subscribers")},
            "ActionId": str(uuid.uuid4()), "Status": "STANDBY",
        }
        actions[action["ActionId"]] = action
        self.kept["tags"][self._arn(action)] = {t["Key"]: t["Value"] for t in p.get("ResourceTags") or []}
        return {"AccountId": self.current_account, "BudgetName": action["BudgetName"], "ActionId": action["ActionId"]}

    def _arn(self, action: dict[str, Any]) -> str:
        return self.arn(f"budget/{action['BudgetName']}/action/{action['ActionId']}")

    def _action(self) -> dict[str, Any]:
        return found(self._actions(), self.params["ActionId"], "NotFoundException", "the action doesn't exist")

    def describe_budget_action(self) -> dict[str, Any]:
        return {"AccountId": self.current_account, "BudgetName": self.params["BudgetName"], "Action": self._action()}

    def describe_budget_actions_for_budget(self) -> dict[str, Any]:
        return {"Actions": list(self._actions().values())}

    def update_budget_action(self) -> dict[str, Any]:
        action = self._action()
        old = dict(action)
        action.update({k: v for k, v in self.params.items() if k in action and k not in ("BudgetName", "ActionId") and v is not None})
        return {"AccountId": self.current_account, "BudgetName": action["BudgetName"], "OldAction": old, "NewAction": action}

    def delete_budget_action(self) -> dict[str, Any]:
        action = self._action()
        del self._actions()[action["ActionId"]]
        return {"AccountId": self.current_account, "BudgetName": action["BudgetName"], "Action": action}

    # Tags: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_TagResource.html

    def _tags(self) -> dict[str, str]:
        return self.kept["tags"].setdefault(self.params["ResourceARN"], {})
