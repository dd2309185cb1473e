"""A profile's contract as JSON: what an app reads of it, and nothing else."""

import json
from decimal import Decimal

from stripe_subscription_handler.reading import Profile, contract_json

ITEM = {
    "PK": "USER#user_1",
    "theme": "dark",
    "plan": {"seats": Decimal("2.5")},
    "subscriptionQuantity": Decimal(3),
    "subscriptionProducts": {"prod_1": {"accessUntil": "2027-01-01T00:00:00Z", "quantity": Decimal(3)}},
    "entitlements": {"b", "a"},
    "stripeLedgerLive": {"sub_1"},
}


def test_only_the_contract_is_told() -> None:
    """Neither keys, nor the ledger, nor the app's own but those that are named."""
    told = contract_json(ITEM, ("plan",))
    assert json.loads(json.dumps(told)) == {
        "subscriptionQuantity": 3,
        "subscriptionProducts": {"prod_1": {"accessUntil": "2027-01-01T00:00:00Z", "quantity": 3}},
        "entitlements": ["a", "b"],
        "plan": {"seats": 2.5},
    }
    assert "plan" not in contract_json(ITEM)


def test_a_profile_reads_it_as_it_reads_the_item() -> None:
    """It is the same answer, by another way."""
    assert Profile.from_item(contract_json(ITEM)).has_entitlement("a")
