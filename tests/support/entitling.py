"""Builders of events about entitlements and whose they are, and what the app is shown of them."""

from collections.abc import Sequence
from typing import Any

from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.model import Tables

T0 = events.T0


def created(user: str | None = "user_1", which: int = 1, customer: str = "cus_1") -> StripeEvent:
    """A subscription begins."""
    body = events.subscription(id=f"sub_{which}", user=user, customer=customer, created=T0 + which)
    return parse_event(events.created(body, event_id=f"evt_c{which}", created=T0 + which))


def labelled(user: str, before: str | None, second: int, which: int = 1) -> StripeEvent:
    """A subscription's label is changed."""
    body = events.subscription(id=f"sub_{which}", user=user, created=T0 + which)
    previous = {"metadata": {"userId": before}}
    about = {"event_id": f"evt_l{second}", "created": T0 + second, "previous": previous}
    return parse_event(events.updated(body, **about))


def claimed(user: str | None, before: str | None, second: int) -> StripeEvent:
    """The customer's own label is changed."""
    body, previous = events.customer(user=user), {"metadata": {"userId": before}}
    about = {"event_id": f"evt_m{second}", "created": T0 + second, "previous": previous}
    return parse_event(events.event("customer.updated", body, **about))


def entitled(
    *keys: str, second: int = 50, before: Sequence[str] | None = None, number: int = 0, **changes: Any
) -> StripeEvent:
    """The customer's entitlements change."""
    about = {"event_id": f"evt_e{second}{number}", "created": T0 + second, "before": before}
    return parse_event(events.entitled(events.summary(*keys, **changes), **about))


def delivered(*before: StripeEvent, policy: Policy = Policy()) -> Tables:  # noqa: B008 - frozen
    """The tables after some events."""
    tables = Tables(policy=policy)
    for event in before:
        tables.deliver(event)
    return tables


def shown(tables: Tables) -> dict[str, set[str]]:
    """User → the lookup keys that the app sees, where there are any."""
    items = tables.profiles.items()
    return {user: set(item["entitlements"]) for user, item in items if "entitlements" in item}


def counted(tables: Tables, event: StripeEvent, reason: Reason) -> int:
    """The requests of an event."""
    before = tables.requests
    assert tables.deliver(event).reason is reason
    return tables.requests - before
