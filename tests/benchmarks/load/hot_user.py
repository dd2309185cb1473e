"""A user for whom a thousand events come at once. Pure and seeded.

One subscription is the common case; a mix of several, with their invoices, makes many events look at the
whole item.
"""

import random
from typing import Any

from benchmarks.load.delivering import Event
from stripe_handler_cli.lab.simulator import told_by
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.events.envelope import parse_event
from support import events as made

_STATUSES = ("active", "past_due", "active", "unpaid")
_INVOICES = 0.3
"""Share of the events."""


def hot_events(count: int, *, subscriptions: int, user: str, seed: int = 1) -> list[Event]:
    """A user's events, shuffled.

    Args:
        count: How many.
        subscriptions: How many subscriptions they are about.
        user: The user; part of every id.
        seed: The same seed gives the same events.
    """
    rng = random.Random(f"hot user {seed}")  # noqa: S311 - repeatable on purpose
    found = [made.created(_subscription(user, place), **_of(user, place)) for place in range(subscriptions)]
    for number in range(subscriptions, count):
        place = rng.randrange(subscriptions)
        if rng.random() < _INVOICES:
            found.append(_payment(user, place, number, is_paid=rng.random() < 0.8))
        else:
            status = _STATUSES[number % len(_STATUSES)]
            body = _subscription(user, place, status=status, quantity=number)
            found.append(made.updated(body, previous={"quantity": number - 1}, **_of(user, number)))
    rng.shuffle(found)
    return found


def truth(events: list[Event]) -> dict[str, Any]:
    """What the profile says after these events in the order in which they happened, each exactly once."""
    tables = Tables()
    for event in sorted(events, key=lambda event: event["created"]):
        tables.deliver(parse_event(event))
    (profile,) = tables.profiles.values()
    return told_by(profile)


def _subscription(user: str, place: int, **changes: Any) -> dict[str, Any]:
    return made.subscription(
        id=f"sub_{user}_{place}", customer=f"cus_{user}", user=user, created=made.T0 + place, **changes
    )


def _of(user: str, number: int) -> dict[str, Any]:
    # No two events share a second: ties are another matter, and are in the simulated accounts.
    return {"event_id": f"evt_{user}_{number}", "created": made.T0 + number}


def _payment(user: str, place: int, number: int, *, is_paid: bool) -> Event:
    bill = made.invoice(
        id=f"in_{user}_{number}",
        sub=f"sub_{user}_{place}",
        customer=f"cus_{user}",
        user=user,
        created=made.T0 + number,
    )
    return (made.paid if is_paid else made.failed)(bill, **_of(user, number))
