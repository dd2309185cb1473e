"""What happened in a Stripe account, in its true order, and what Stripe showed in between. Values only."""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.checkout_sessions import CheckoutSession
from stripe_subscription_handler.events.customers import Customer
from stripe_subscription_handler.events.entitlements import EntitlementSummary
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.invoices import Invoice
from stripe_subscription_handler.events.subscriptions import Subscription

DEAD = frozenset({"canceled", "incomplete_expired"})
"""Statuses that a subscription never leaves."""


@attrs.frozen
class Fact:
    """One thing that happened, and the event that tells of it.

    Attributes:
        second: When it happened, Unix time. The event's own stamp may be later.
        before: The label of the subscription, or of the customer, before it.
        after: Their label after it; of an invoice and of a checkout session, the user whom they name.
        old: Stripe's subscription object before it, where it is an update of one.
        new: Stripe's subscription object after it, where it is about one.
        bill: Stripe's invoice object after it, where it is about one.
    """

    event: StripeEvent
    second: int
    customer_id: str
    before: str | None
    after: str | None
    old: Mapping[str, Any] | None = None
    new: Mapping[str, Any] | None = None
    bill: Mapping[str, Any] | None = None

    @property
    def subscription_id(self) -> str | None:
        """The subscription it is about; None for a customer's."""
        return self.event.subscription_id

    @property
    def payment(self) -> Mapping[str, Any] | None:
        """The invoice that it is about, if that asks for anything: where nothing is due, nothing is paid."""
        return self.bill if self.bill is not None and self.bill["total"] > 0 else None

    @property
    def is_of_subscription(self) -> bool:
        """Whether it tells of the state or of a payment of a subscription."""
        return self.new is not None or self.payment is not None

    @property
    def is_dead(self) -> bool:
        """Whether the subscription has ended."""
        return self.new is not None and self.new["status"] in DEAD

    @property
    def named(self) -> str | None:
        """The user it names: the one in the label, or in the label that it took off."""
        return self.after or self.before

    @property
    def names(self) -> frozenset[str]:
        """Every user it names."""
        return frozenset(filter(None, (self.before, self.after)))


@attrs.frozen
class Shown:
    """What Stripe's API shows at a moment, by id; entitlements by that of the customer."""

    subscriptions: Mapping[str, Subscription]
    invoices: Mapping[str, Invoice]
    sessions: Mapping[str, CheckoutSession]
    customers: Mapping[str, Customer]
    entitlements: Mapping[str, EntitlementSummary] = attrs.Factory(dict)


@attrs.frozen
class World:
    """What happened, in order.

    Attributes:
        facts: In the order in which they happened.
        shown: What Stripe showed before any of them, after the first, and so on.
        closing: How many of the last ones come when everything before has been dealt with.
        settings: What the app wants its profiles to show.
    """

    facts: tuple[Fact, ...]
    shown: tuple[Shown, ...]
    closing: int = 0
    settings: ViewSettings = attrs.Factory(ViewSettings)

    @property
    def events(self) -> tuple[StripeEvent, ...]:
        """The events in the order in which they happened."""
        return tuple(fact.event for fact in self.facts)

    def facts_of(self, subscription_id: str) -> list[Fact]:
        """What happened to a subscription, its invoices and its checkout session included."""
        return [fact for fact in self.facts if fact.subscription_id == subscription_id]

    def __repr__(self) -> str:
        """Show the settings, then one event a line, so that a counterexample can be read."""
        rows = "\n".join(f"  {line(fact)}" for fact in self.facts)
        return f"World({self.settings}\n{rows}\n)"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # noqa: FBT001 - Hypothesis's protocol
        """Hypothesis prints attrs classes field by field unless told otherwise."""
        printer.text(repr(self))


def line(fact: Fact) -> str:
    """One fact in one line: stamp, ids, type, state, and the label before and after."""
    event = fact.event
    label = f"{fact.before} → {fact.after}" if fact.before != fact.after else f"{fact.after}"
    about = f"{fact.customer_id} {fact.subscription_id or ''}"
    return f"{event.created[11:19]} {event.id} {event.type:31} {about:13} {_state(fact):10} {label}"


def _state(fact: Fact) -> str:
    if fact.bill is not None:
        return f"{fact.bill['id']} created {fact.bill['created']} {fact.bill['status']} {fact.bill['total']}"
    if fact.new is None:
        return ""
    products = "+".join(item["price"]["product"] for item in fact.new["items"]["data"])
    rest = {name: fact.new.get(name) for name in _SHOWN if fact.new.get(name)}
    return f"{fact.new['status']} {products} {rest}"


_SHOWN = ("pause_collection", "cancel_at", "cancel_at_period_end", "metadata")
