"""Each live subscription of the user, whether or not it gives access."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from stripe_subscription_handler.reading import LiveSubscription, Profile, SubscriptionItem
from support.profile_items import register


def profile(shown: str, **registers: dict[str, Any]) -> Profile:
    """A profile that shows one of its live subscriptions."""
    item: dict[str, Any] = {"subscriptionId": shown, "stripeLedgerLive": set(registers)}
    return Profile.from_item(
        item | {f"stripeLedgerSubscription_{name}": value for name, value in registers.items()}
    )


def day(number: int, month: int = 12) -> datetime:
    """A day of that year in UTC."""
    return datetime(2026, month, number, tzinfo=UTC)


def test_all_that_is_known_of_one() -> None:
    """With its items; where an item has no period of its own, it has the subscription's."""
    items = [
        {
            "productId": "prod_team",
            "priceId": "price_team",
            "lookupKey": "team",
            "quantity": Decimal(5),
            "currentPeriodEnd": "2026-12-24T00:00:00Z",
        },
        {"productId": "prod_calls", "priceId": "price_calls", "metered": True},
        {},
    ]
    stored = register(
        status="past_due",
        items=items,
        trialEnd="2026-11-08T00:00:00Z",
        cancelAt="2026-12-02T00:00:00Z",
        canceledAt="2026-11-09T00:00:00Z",
        cancelAtPeriodEnd=True,
        pauseCollection="void",
        pauseResumesAt="2026-12-03T00:00:00Z",
    )
    assert profile("sub_1", sub_1=stored).subscriptions == (
        LiveSubscription(
            id="sub_1",
            customer_id="cus_1",
            status="past_due",
            created=day(1, 11),
            items=(
                SubscriptionItem("prod_team", "price_team", "team", 5, is_metered=False, period_end=day(24)),
                SubscriptionItem("prod_calls", "price_calls", None, None, is_metered=True, period_end=day(1)),
                SubscriptionItem(None, None, None, None, is_metered=False, period_end=day(1)),
            ),
            period_start=day(1, 11),
            period_end=day(1),
            trial_end=day(8, 11),
            cancel_at=day(2),
            canceled_at=day(9, 11),
            cancel_at_period_end=True,
            pause_collection="void",
            pause_resumes_at=day(3),
        ),
    )


def test_what_stripe_has_not_set_is_none() -> None:
    """No end, no trial, no pause."""
    [found] = profile("sub_1", sub_1=register()).subscriptions
    assert not found.cancel_at_period_end
    unset = (found.trial_end, found.cancel_at, found.canceled_at, found.pause_collection)
    assert unset == (None, None, None, None)
    assert found.pause_resumes_at is None


def test_the_one_shown_comes_first_then_the_oldest() -> None:
    """Of one age, by id."""
    registers = {
        "sub_a": register(created="2026-11-03T00:00:00Z"),
        "sub_b": register(created="2026-11-02T00:00:00Z"),
        "sub_c": register(created="2026-11-02T00:00:00Z"),
        "sub_d": register(created="2026-11-04T00:00:00Z"),
    }
    found = profile("sub_d", **registers).subscriptions
    assert [one.id for one in found] == ["sub_d", "sub_b", "sub_c", "sub_a"]


def test_one_that_has_ended_is_not_among_them() -> None:
    """Its register stays on the item, and its id is not among the live ones."""
    found = Profile.from_item(
        {
            "stripeLedgerKnown": {"sub_1"},
            "stripeLedgerSubscription_sub_1": register(status="canceled"),
        }
    )
    assert found.subscriptions == ()
