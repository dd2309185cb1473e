"""Reads what Stripe did not put on the first page of a list."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from stripe_subscription_handler.errors import StripeUnavailableError

LIMIT = 100
"""Objects per request; Stripe's most."""
Ask = Callable[[str], Mapping[str, Any] | None]
"""Reads a path with its query; None where Stripe has nothing."""


def whole_list(
    first: Mapping[str, Any], path: str, query: Mapping[str, str], ask: Ask, what: str
) -> dict[str, Any]:
    """Complete a list, as parsed from JSON, of which Stripe showed a page; `what` says of what, for messages.

    Raises:
        StripeUnavailableError: A page is no list, or breaks off: it is never taken for the whole.

    Source: https://docs.stripe.com/api/pagination
    """
    data, page = list[Any](), first
    while True:
        found, has_more = page.get("data"), page.get("has_more") is True
        if not isinstance(found, list) or (has_more and not found):
            raise StripeUnavailableError(f"Stripe did not answer with a list of {what}")
        data += found
        if not has_more:
            return {**first, "data": data, "has_more": False}
        after = {"limit": str(LIMIT), "starting_after": data[-1]["id"]}
        page = ask(f"{path}?{urlencode({**query, **after})}") or {}
