"""Reads the items of a subscription that Stripe did not embed in it."""

from typing import Any

from stripe_subscription_handler.stripe_side.pages import Ask, whole_list


def with_all_items(subscription: dict[str, Any], ask: Ask) -> dict[str, Any]:
    """Complete a subscription, as parsed from JSON, whose `items.has_more` is true.

    Raises:
        StripeUnavailableError: Stripe does not answer with a list of items.

    Source: https://docs.stripe.com/api/subscription_items/list
    """
    items = subscription.get("items")
    if not isinstance(items, dict) or items.get("has_more") is not True or not items.get("data"):
        return subscription
    query = {"subscription": subscription["id"]}
    return subscription | {
        "items": whole_list(items, "/v1/subscription_items", query, ask, "subscription items")
    }
