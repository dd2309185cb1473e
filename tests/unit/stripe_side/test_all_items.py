"""A subscription with more items than Stripe embeds, as the API shows it."""

from typing import Any

import pytest

from stripe_subscription_handler import StripeUnavailableError
from stripe_subscription_handler.stripe_side.all_items import with_all_items
from support import events

ITEMS = [{"id": f"si_{number}", "object": "subscription_item"} for number in range(250)]
EMBEDDED = events.subscription(items={"object": "list", "data": ITEMS[:20], "has_more": True})


def test_the_rest_is_read_page_by_page() -> None:
    """After the last one that is known."""
    asked: list[str] = []

    def answer(path: str) -> dict[str, Any]:
        asked.append(path.removeprefix("/v1/subscription_items?subscription=sub_1&limit=100&starting_after="))
        after = int(asked[-1].removeprefix("si_")) + 1
        return {"object": "list", "data": ITEMS[after : after + 100], "has_more": after + 100 < len(ITEMS)}

    whole = with_all_items(EMBEDDED, answer)
    assert whole["items"] == {"object": "list", "data": ITEMS, "has_more": False}
    assert asked == ["si_19", "si_119", "si_219"]


def test_a_whole_one_costs_no_request() -> None:
    """Nearly every subscription is."""
    whole = events.subscription()
    assert with_all_items(whole, pytest.fail) is whole


@pytest.mark.parametrize("answer", [None, {}, {"data": None}, {"data": [], "has_more": True}])
def test_half_of_one_is_never_taken_for_the_whole(answer: Any) -> None:
    """Stripe must answer with a list."""
    with pytest.raises(StripeUnavailableError, match="subscription items"):
        with_all_items(EMBEDDED, lambda _: answer)
