"""Reads the items of a subscription that Stripe did not embed in it."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from stripe_subscription_handler.errors import StripeUnavailableError

_LIMIT = 100
"""Items per request; Stripe's most."""


def with_all_items(
    subscription: dict[str, Any], ask: Callable[[str], Mapping[str, Any] | None]
) -> dict[str, Any]:
    """Complete a subscription, as parsed from JSON, whose `items.has_more` is true.

    `ask` reads a path with its query, and gives None where Stripe has nothing.

    Raises:
        StripeUnavailableError: Stripe does not answer with a list of items.

    Source: https://docs.stripe.com/api/subscription_items/list
    """
    items = subscription.get("items")
    if not isinstance(items, dict) or items.get("has_more") is not True or not items.get("data"):
        return subscription
    data, has_more = list(items["data"]), True
    while has_more:
        query = {"subscription": subscription["id"], "limit": _LIMIT, "starting_after": data[-1]["id"]}
        page = ask(f"/v1/subscription_items?{urlencode(query)}") or {}
        found = page.get("data")
        if not isinstance(found, list):
            raise StripeUnavailableError("Stripe did not answer with a list of subscription items")
        data += found
        has_more = page.get("has_more") is True and bool(found)
    return subscription | {"items": items | {"data": data, "has_more": False}}
