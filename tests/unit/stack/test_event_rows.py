"""What changed in a profile, for a person to read."""

from stripe_handler_cli.stack.event_rows import changed, changes_text

PRO = {
    "accessUntil": "2026-12-03T10:00:00Z",
    "status": "active",
    "subscriptionId": "sub_1",
    "priceId": "price_1",
}


def test_products_and_sets_are_told_in_words() -> None:
    """How many of each, in which status and until when; members in an order."""
    before = {"subscriptionProducts": {"prod_b": {**PRO, "quantity": 5}, "prod_a": PRO}}
    after = {"entitlements": {"b", "a"}, "team": {"size": 3}, "stripeLedgerLive": {"sub_1"}}
    told = "prod_a active until 2026-12-03T10:00:00Z, prod_b (5) active until 2026-12-03T10:00:00Z"
    assert changes_text(changed(before, after)).plain.splitlines() == [
        "entitlements  a, b",
        f"subscriptionProducts  {told} → removed",
        "team  size 3",
    ]


def test_nothing_that_changed_is_said() -> None:
    """So that a row is never empty."""
    assert changes_text(changed({"a": 1}, {"a": 1})).plain == "nothing"
