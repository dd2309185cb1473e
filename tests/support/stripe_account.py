"""A Stripe account in which things happen one after the other, and which keeps the book of them.

The book is what the tests judge by: it tells in which order things truly happened, who stood in which label
before and after, and what Stripe would show at any moment. It reads nothing off the library but its parsers.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from stripe_subscription_handler.events.customers import Customer
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.happenings import Fact, Shown, World

KEEP: Final = "(keep)"
"""Stands for a label that a change leaves alone."""
NOBODY: Final = None
"""Stands for no label."""


def label_of(body: Mapping[str, Any]) -> str | None:
    """The user whom the metadata of one of Stripe's objects names."""
    user: str | None = body["metadata"].get("userId")
    return user


@attrs.define
class Account:
    """Things happen by calling its methods; each that tells of an event moves the clock first.

    Attributes:
        step: Seconds from one event to the next.
    """

    step: int = 1
    clock: int = events.T0
    facts: list[Fact] = attrs.Factory(list)
    subscriptions: dict[str, dict[str, Any]] = attrs.Factory(dict)
    invoices: dict[str, dict[str, Any]] = attrs.Factory(dict)
    _now: Shown = attrs.Factory(lambda: Shown({}, {}, {}, {}))
    _shown: list[Shown] = attrs.Factory(list)

    def world(self) -> World:
        """What has happened so far."""
        return World(tuple(self.facts), (*self._shown, self._now))

    def label(self, subscription_id: str) -> str | None:
        """The label that the subscription has now."""
        return label_of(self.subscriptions[subscription_id])

    # Subscriptions

    def born(self, subscription_id: str, label: str | None, *, customer: str = "cus_1", **state: Any) -> None:
        """A subscription that was there before anybody listened: no event tells of its creation."""
        body = events.subscription(id=subscription_id, user=label, customer=customer, **state)
        self._unheard(body)

    def relabel_unheard(self, subscription_id: str, label: str | None) -> None:
        """A change of label before anybody listened."""
        metadata = {} if label is None else {"userId": label}
        self._unheard({**self.subscriptions[subscription_id], "metadata": metadata})

    def _unheard(self, body: dict[str, Any]) -> None:
        self.subscriptions[body["id"]] = body
        self._show(subscriptions={body["id"]: parse_event(events.created(body)).subscription})

    def create(
        self, subscription_id: str, label: str | None, *, customer: str = "cus_1", late: int = 0, **state: Any
    ) -> StripeEvent:
        """`customer.subscription.created`, stamped `late` seconds after it happened."""
        self.clock += self.step
        body = events.subscription(
            id=subscription_id, user=label, customer=customer, created=self.clock, **state
        )
        return self._subscription_event(events.created, body, None, late=late)

    def update(
        self, subscription_id: str, *, label: str | None = KEEP, late: int = 0, **changes: Any
    ) -> StripeEvent:
        """`customer.subscription.updated` with `previous_attributes` as Stripe has them."""
        self.clock += self.step
        old = self.subscriptions[subscription_id]
        before = self.label(subscription_id)
        changed = {name: value for name, value in changes.items() if old.get(name) != value}
        previous = {name: old.get(name) for name in changed}
        if label not in {KEEP, before}:
            changed["metadata"] = {} if label is None else {"userId": label}
            previous["metadata"] = {"userId": before}
        body = {**old, **changed}
        return self._subscription_event(events.updated, body, old, late=late, previous=previous)

    def delete(self, subscription_id: str) -> StripeEvent:
        """`customer.subscription.deleted`."""
        self.clock += self.step
        old = self.subscriptions[subscription_id]
        body = {**old, "status": "canceled", "ended_at": self.clock}
        return self._subscription_event(events.deleted, body, old)

    def _subscription_event(
        self, build: Any, body: dict[str, Any], old: dict[str, Any] | None, *, late: int = 0, **rest: Any
    ) -> StripeEvent:
        self.subscriptions[body["id"]] = body
        event = parse_event(build(body, event_id=self._event_id(), created=self.clock + late, **rest))
        fact = Fact(
            event,
            self.clock,
            customer_id=body["customer"],
            before=label_of(old) if old else NOBODY,
            after=label_of(body),
            old=old,
            new=body,
        )
        return self._note(fact, subscriptions={body["id"]: event.subscription})

    # Invoices

    def bill(self, subscription_id: str, *, labelled: bool = True, **fields: Any) -> str:
        """A new invoice, which keeps the label that the subscription has now; no event tells of it yet."""
        number = f"in_{len(self.invoices):02}"
        self.invoices[number] = events.invoice(
            id=number,
            sub=subscription_id,
            customer=self.subscriptions[subscription_id]["customer"],
            created=self.clock,
            user=self.label(subscription_id) if labelled else None,
            attempt_count=0,
            **fields,
        )
        return number

    def pay(self, invoice_id: str) -> StripeEvent:
        """`invoice.payment_succeeded`."""
        return self._attempt(invoice_id, events.paid)

    def fail(self, invoice_id: str) -> StripeEvent:
        """`invoice.payment_failed`."""
        return self._attempt(invoice_id, events.failed)

    def _attempt(self, invoice_id: str, build: Any) -> StripeEvent:
        self.clock += self.step
        body = self.invoices[invoice_id]
        body = self.invoices[invoice_id] = {**body, "attempt_count": body["attempt_count"] + 1}
        event = parse_event(build(body, event_id=self._event_id(), created=self.clock))
        user = body["parent"]["subscription_details"]["metadata"].get("userId")
        return self._note(
            Fact(event, self.clock, body["customer"], NOBODY, user), invoices={invoice_id: event.invoice}
        )

    # Checkout sessions and customers

    def complete(
        self,
        subscription_id: str,
        user: str | None,
        *,
        customer: str | None = None,
        by_reference: bool = False,
    ) -> StripeEvent:
        """`checkout.session.completed`: the user stands in its metadata, or in `client_reference_id`."""
        self.clock += self.step
        body = events.session(
            id=f"cs_{subscription_id}",
            sub=subscription_id,
            customer=customer or self.subscriptions[subscription_id]["customer"],
            created=self.clock,
            user=None if by_reference else user,
            client_reference_id=user if by_reference else None,
        )
        event = parse_event(events.completed(body, event_id=self._event_id(), created=self.clock))
        return self._note(
            Fact(event, self.clock, body["customer"], NOBODY, user), sessions={body["id"]: event.session}
        )

    def create_customer(self, customer_id: str, label: str | None) -> StripeEvent:
        """`customer.created`."""
        body = events.customer(id=customer_id, user=label)
        return self._customer_event("customer.created", body, NOBODY)

    def update_customer(self, customer_id: str, *, label: str | None = KEEP) -> StripeEvent:
        """`customer.updated`: the label is put on, changed or taken off, or something else has changed."""
        known = self._now.customers.get(customer_id)
        before = known.user_id if known else None
        if label in {KEEP, before}:
            body, previous = events.customer(id=customer_id, user=before), {"name": "Old Name"}
        else:
            body, previous = events.customer(id=customer_id, user=label), {"metadata": {"userId": before}}
        return self._customer_event("customer.updated", body, before, previous=previous)

    def delete_customer(self, customer_id: str) -> StripeEvent:
        """`customer.deleted`: the event still has the label, but Stripe does not show it any more."""
        known = self._now.customers.get(customer_id)
        before = known.user_id if known else None
        event = self._customer_event("customer.deleted", events.customer(id=customer_id, user=before), before)
        self._show(customers={customer_id: Customer(customer_id, None, deleted=True)})
        return event

    def _customer_event(
        self, event_type: str, body: dict[str, Any], before: str | None, **rest: Any
    ) -> StripeEvent:
        self.clock += self.step
        raw = events.event(event_type, body, event_id=self._event_id(), created=self.clock, **rest)
        event = parse_event(raw)
        return self._note(
            Fact(event, self.clock, body["id"], before, label_of(body)),
            customers={body["id"]: event.customer},
        )

    # The book

    def _event_id(self) -> str:
        # Stripe's event ids say nothing about order; neither do ours.
        return f"evt_{(len(self.facts) * 7919 + 13) % 101:03d}"

    def _note(self, fact: Fact, **shown: Mapping[str, Any]) -> StripeEvent:
        self._shown.append(self._now)
        self.facts.append(fact)
        self._show(**shown)
        return fact.event

    def _show(self, **changes: Mapping[str, Any]) -> None:
        merged = {name: {**getattr(self._now, name), **more} for name, more in changes.items()}
        self._now = attrs.evolve(self._now, **merged)
