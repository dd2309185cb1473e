"""The model of the world a handling talks to, and a Stripe that is as far as its events tell."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stripe_subscription_handler.conversation.messages import Fetch, Fetched
from stripe_subscription_handler.conversation.model import FOREVER, Tables, nothing_at_stripe
from stripe_subscription_handler.events.customers import Customer
from stripe_subscription_handler.events.envelope import StripeEvent

__all__ = ["FOREVER", "Tables", "nothing_at_stripe", "only_customers", "parked_ids", "stripe_at"]


def parked_ids(tables: Tables, customer_id: str) -> set[str]:
    """Ids of the events that wait for a customer, by its record."""
    return set(tables.customers.get(customer_id, {}).get("parked", ()))


def only_customers(users: Mapping[str, str]) -> Callable[[Fetch], Fetched]:
    """A Stripe that knows customers and whom their metadata names, and no other object."""

    def answer(request: Fetch) -> Fetched:
        user = users.get(request.object_id) if request.subject == "customer" else None
        return Fetched(Customer(request.object_id, user) if user else None, FOREVER)

    return answer


def stripe_at(events: Sequence[StripeEvent], reached: int, as_of: str) -> Callable[[Fetch], Fetched]:
    """Stripe after the first `reached` events happened, as of the second its Date header lets one compute."""

    def answer(request: Fetch) -> Fetched:
        found: list[Any] = [
            subject
            for event in events[:reached]
            if (subject := _subject(event, request.subject)) and subject.id == request.object_id
        ]
        # What is dead stays dead: an update stamped after the deletion it preceded does not change that.
        ended = [state for state in found if request.subject == "subscription" and state.is_terminal]
        return Fetched((ended or found or [None])[-1], as_of)

    return answer


def _subject(event: StripeEvent, kind: str) -> Any:
    return {
        "subscription": event.subscription,
        "invoice": event.invoice,
        "checkout.session": event.session,
        "customer": event.customer,
    }[kind]
