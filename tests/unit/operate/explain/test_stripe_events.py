"""Stripe's own events, listed page by page by the real client from the fake Stripe."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, Fault, objects
from stripe_handler_cli.operate.explain.gathering import listed_events
from stripe_handler_cli.stack.stripe_api import stripe_api, stripe_errors
from stripe_handler_cli.stack.stripe_options import StripeAccess
from stripe_subscription_handler.comparison.lists import PAGE
from stripe_subscription_handler.stripe_side.patience import MAX_ATTEMPTS
from support import events

T0 = events.T0
TYPES = ("customer.subscription.created", "invoice.payment_failed")
SINCE = datetime.fromtimestamp(T0, UTC)


def event(number: int, event_type: str = TYPES[0]) -> dict[str, Any]:
    """An event, one second after the other."""
    return events.event(event_type, events.subscription(), event_id=f"evt_{number:04d}", created=T0 + number)


def listed(fake: FakeStripe, *, most: int = 10, key: str = API_KEY) -> list[list[str]]:
    """The ids on each page."""
    stripe = stripe_api(StripeAccess(key, "OPS_KEY"), fake.url, "events")
    stripe.sleep = lambda _: None
    with stripe_errors():
        return [[one["id"] for one in page] for page in listed_events(stripe, TYPES, SINCE, most)]


def test_events_come_newest_first_in_pages_of_a_hundred() -> None:
    """Nothing twice, nothing missing."""
    numbers = range(PAGE + 20)
    with FakeStripe(objects(*map(event, numbers)), now=lambda: T0 + 900.0) as fake:
        pages = listed(fake)
    assert [len(page) for page in pages] == [PAGE, 20]
    assert [one for page in pages for one in page] == [f"evt_{number:04d}" for number in reversed(numbers)]


def test_reading_stops_after_so_many_pages() -> None:
    """A busy account has more than anybody wants to wait for."""
    with FakeStripe(objects(*map(event, range(PAGE * 3))), now=lambda: T0 + 900.0) as fake:
        assert len(listed(fake, most=2)) == 2
        assert len(fake.received) == 2


def test_only_the_wanted_types_and_times_are_listed() -> None:
    """Stripe does the choosing."""
    some = [event(1), event(2, TYPES[1]), event(3, "charge.refunded"), event(-5)]
    with FakeStripe(objects(*some), now=lambda: T0 + 900.0) as fake:
        assert listed(fake) == [["evt_0002", "evt_0001"]]


def test_no_events_are_no_pages() -> None:
    """A new account."""
    with FakeStripe(objects(), now=lambda: T0 + 900.0) as fake:
        assert listed(fake) == []


def test_a_refused_key_is_a_clear_error_without_the_key() -> None:
    """It names the variable, and what the key must be allowed."""
    with FakeStripe(objects()) as fake, pytest.raises(CliError, match=r"\$OPS_KEY.*read events") as refused:
        listed(fake, key="sk_test_secret_of_ours")
    assert "secret_of_ours" not in str(refused.value)


def test_a_busy_stripe_is_asked_again() -> None:
    """The client waits and repeats by itself."""
    with FakeStripe(objects(event(1)), now=lambda: T0 + 900.0, faults=[Fault(status=503)]) as fake:
        assert listed(fake) == [["evt_0001"]]


def test_a_stripe_that_stays_busy_is_a_clear_error() -> None:
    """With what it answered."""
    faults = [Fault(status=500)] * MAX_ATTEMPTS
    with FakeStripe(objects(), faults=faults) as fake, pytest.raises(CliError, match="HTTP 500"):
        listed(fake)
