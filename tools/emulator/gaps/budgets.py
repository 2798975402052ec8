import json

from moto.budgets.responses import BudgetsResponse

from .patch import around, missing_from, tags


def _tags(response):
    return tags(response.backend)


@around(BudgetsResponse, "create_budget")
def keep_tags(original, self) -> str:
    """moto drops the tags given at creation, so the next plan adds them."""
    answer = original(self)
    name = self._get_param("Budget")["BudgetName"]
    arn = f"arn:aws:budgets::{self._get_param('AccountId')}:budget/{name}"
    _tags(self).tag_resource(arn, self._get_param("ResourceTags"))
    return answer


@missing_from(BudgetsResponse)
def list_tags_for_resource(self) -> str:
    """The provider lists a budget's tags on every read and fails without a response."""
    kept = _tags(self).list_tags_for_resource(self._get_param("ResourceARN"))
    return json.dumps({"ResourceTags": kept["Tags"]})


@missing_from(BudgetsResponse)
def tag_resource(self) -> str:
    """See list_tags_for_resource."""
    _tags(self).tag_resource(self._get_param("ResourceARN"), self._get_param("ResourceTags"))
    return "{}"


@missing_from(BudgetsResponse)
def untag_resource(self) -> str:
    """See list_tags_for_resource."""
    _tags(self).untag_resource_using_names(self._get_param("ResourceARN"), self._get_param("ResourceTagKeys"))
    return "{}"


@missing_from(BudgetsResponse)
def describe_subscribers_for_notification(self) -> str:
    """moto stores a notification's subscribers but cannot list them; the provider lists them on every read."""
    wanted = self._get_param("Notification")
    budget = self.backend.budgets[self._get_param("AccountId")][self._get_param("BudgetName")]
    identity = ("NotificationType", "ComparisonOperator", "Threshold")
    for notification in budget.notifications:
        if all(notification.details.get(key) == wanted.get(key) for key in identity):
            return json.dumps({"Subscribers": notification.subscribers})
    return json.dumps({"Subscribers": []})
