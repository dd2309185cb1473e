"""Each live subscription of the user, whether or not it gives access."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from stripe_subscription_handler.reading import LiveSubscription, Profile, SubscriptionItem
from support.profile_items import register, stamp


def profile(shown: str, **registers: dict[str, Any]) -> Profile:
    """A profile that shows one of its live subscriptions."""
    item: dict[str, Any] = {"subscriptionId": shown, "stripeLedgerLive": set(registers)}
    return Profile.from_item(item | {f"stripeLedger_{name}": value for name, value in registers.items()})


def day(number: int, month: int = 12) -> datetime:
    """A day of that year in UTC."""
    return datetime(2026, month, number, tzinfo=UTC)


def test_all_that_is_known_of_one() -> None:
    """With its items; where an item has no period of its own, it has the subscription's."""
    items = [
        {
            "p": "prod_team",
            "r": "price_team",
            "k": "team",
            "q": Decimal(5),
            "e": Decimal(stamp(24, 12)),
        },
        {"p": "prod_calls", "r": "price_calls", "m": True},
        {},
    ]
    stored = register(
        s="past_due",
        i=items,
        te=stamp(8, 11),
        ca=stamp(2, 12),
        cd=stamp(9, 11),
        ce=True,
        pc="void",
        pr=stamp(3, 12),
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
        "sub_a": register(b=stamp(3, 11)),
        "sub_b": register(b=stamp(2, 11)),
        "sub_c": register(b=stamp(2, 11)),
        "sub_d": register(b=stamp(4, 11)),
    }
    found = profile("sub_d", **registers).subscriptions
    assert [one.id for one in found] == ["sub_d", "sub_b", "sub_c", "sub_a"]


def test_one_that_has_ended_is_not_among_them() -> None:
    """Its register stays on the item, and its id is not among the live ones."""
    found = Profile.from_item(
        {
            "stripeLedgerOthers": {"sub_1"},
            "stripeLedger_sub_1": register(s="canceled"),
        }
    )
    assert found.subscriptions == ()
