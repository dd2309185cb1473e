"""An app's reader finds each live subscription where the handler keeps it; nothing is lost or renamed."""

from datetime import datetime
from typing import Any

import attrs
import pytest

from stripe_subscription_handler.decisions.ledger import LIVE, Held, Ledger
from stripe_subscription_handler.decisions.registers import Register
from stripe_subscription_handler.events.subscription_items import SubscriptionItem
from stripe_subscription_handler.events.subscriptions import Subscription
from stripe_subscription_handler.reading import LiveSubscription, Profile
from support.fixtures import load_all
from support.profile_items import iso

NAMES = {"period_start": "current_period_start", "period_end": "current_period_end"}
"""Attribute of `LiveSubscription` → that of `Subscription`, where they differ."""


def as_read(stored: Subscription) -> dict[str, Any]:
    """What the reader must say of a subscription, times as text."""
    names = [field.name for field in attrs.fields(LiveSubscription) if field.name != "items"]
    told = {name: getattr(stored, NAMES.get(name, name)) for name in names}
    told["cancel_at_period_end"] = bool(stored.cancel_at_period_end)
    items = [attrs.asdict(item) for item in stored.items]
    for item in items:
        item["is_metered"] = item.pop("metered")
        item["period_end"] = item["period_end"] or stored.current_period_end
    return told | {"items": items}


def as_told(read: LiveSubscription) -> dict[str, Any]:
    """What the reader says, times as text."""
    told = attrs.asdict(
        read, value_serializer=lambda _, __, value: iso(value) if isinstance(value, datetime) else value
    )
    return told | {"items": list(told["items"])}


ITEM = SubscriptionItem("prod_1", "price_1", "team", 5, metered=True, period_end="2026-12-24T00:00:00Z")
FULL = Subscription(
    **{
        field.name: f"2026-12-{place + 1:02}T00:00:00Z"
        for place, field in enumerate(attrs.fields(Subscription))
        if field.name not in {"items", "metadata", "cancel_at_period_end", "id"}
    },
    id="sub_1",
    items=(ITEM, SubscriptionItem()),
    metadata=(),
    cancel_at_period_end=True,
)
"""A subscription of which everything is known; each attribute has another value."""
BARE = Subscription(
    **dict.fromkeys((field.name for field in attrs.fields(Subscription)), None)
    | {"id": "sub_1", "customer_id": "cus_1", "status": "active", "created": "2026-12-01T00:00:00Z"}
    | {"items": (), "metadata": (), "cancel_at_period_end": False}
)
"""And one of which nothing is known that can be absent."""


@pytest.mark.parametrize("stored", [FULL, BARE], ids=["all is known", "little is known"])
def test_a_register_is_read_as_it_was_written(stored: Subscription) -> None:
    """Attribute by attribute."""
    register = Register("0 2026-12-01T00:00:00Z 1", "2026-12-01T00:00:00Z", stored)
    item = {LIVE: {"sub_1"}} | Held(register).to_attributes("sub_1")
    assert [as_told(one) for one in Profile.from_item(item).subscriptions] == [as_read(stored)]


ITEMS = [item for fixture in load_all() for case in fixture.cases for item in case.profiles.values()]


def test_the_items_beside_the_fixtures_are_read_as_the_handler_reads_them() -> None:
    """Every subscription that lives, and no other; the one shown is the first."""
    seen = 0
    for item in ITEMS:
        registers, live = Ledger.from_item(item).registers, item.get(LIVE, ())
        found = Profile.from_item(item).subscriptions
        assert {one.id for one in found} == set(live)
        assert [as_told(one) for one in found] == [as_read(registers[one.id].subscription) for one in found]
        assert not live or found[0].id == item["subscriptionId"]
        seen += len(found)
    assert seen > 0
