"""The model of the world a handling talks to, and a Stripe that is as far as its events tell."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from stripe_subscription_handler.conversation.messages import Fetch, Fetched
from stripe_subscription_handler.conversation.model import FOREVER, Tables, nothing_at_stripe
from stripe_subscription_handler.events.customers import Customer
from stripe_subscription_handler.events.envelope import StripeEvent
from support.happenings import Shown

__all__ = [
    "FOREVER",
    "Tables",
    "in_every_order",
    "nothing_at_stripe",
    "only_customers",
    "parked_ids",
    "stripe_at",
]


def parked_ids(tables: Tables, customer_id: str) -> set[str]:
    """Ids of the events that wait for a customer, by its record."""
    return set(tables.customers.get(customer_id, {}).get("parked", ()))


def in_every_order(events: Sequence[StripeEvent], begun: Tables | None = None) -> Iterator[Tables]:
    """The tables after each order of some events; what orders have in common is delivered once."""
    so_far = begun or Tables()
    if not events:
        yield so_far
    for place, event in enumerate(events):
        tables = attrs.evolve(
            so_far,
            profiles=dict(so_far.profiles),
            links=dict(so_far.links),
            customers=dict(so_far.customers),
            parked={customer: dict(waiting) for customer, waiting in so_far.parked.items()},
        )
        tables.deliver(event)
        yield from in_every_order([*events[:place], *events[place + 1 :]], tables)


def only_customers(users: Mapping[str, str]) -> Callable[[Fetch], Fetched]:
    """A Stripe that knows customers and whom their metadata names, and no other object."""

    def answer(request: Fetch) -> Fetched:
        user = users.get(request.object_id) if request.subject == "customer" else None
        return Fetched(Customer(request.object_id, user) if user else None, FOREVER)

    return answer


def stripe_at(shown: Shown, as_of: str) -> Callable[[Fetch], Fetched]:
    """Stripe at a moment, as of the second its Date header lets one compute."""
    places: Mapping[str, Mapping[str, Any]] = {
        "subscription": shown.subscriptions,
        "invoice": shown.invoices,
        "checkout.session": shown.sessions,
        "customer": shown.customers,
        "entitlements.active_entitlement_summary": shown.entitlements,
    }
    return lambda request: Fetched(places[request.subject].get(request.object_id), as_of)
