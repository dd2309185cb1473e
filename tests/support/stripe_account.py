"""A Stripe account in which things happen one after the other, and which keeps the book of them.

The book is what the tests judge by: it tells in which order things truly happened, who stood in which label
before and after, and what Stripe would show at any moment. It reads nothing off the library but its parsers.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import attrs

from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.customers import Customer
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from stripe_subscription_handler.events.own_attributes import compiled
from stripe_subscription_handler.events.selection import Selection
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


def selection_of(settings: ViewSettings) -> Selection:
    """What must be read of events for a view by these settings."""
    return Selection(
        metadata_keys=tuple(sorted(settings.required_metadata)),
        expressions=compiled(settings.profile_attributes, "PROFILE_ATTRIBUTES"),
        reads_products=bool(settings.handled_product_ids),
    )


@attrs.define
class Account:
    """Things happen by calling its methods; each that tells of an event moves the clock first.

    Attributes:
        step: Seconds from one event to the next.
        settings: What the app wants its profiles to show.
        selection: What is read of the events therefore.
    """

    step: int = 1
    settings: ViewSettings = attrs.Factory(ViewSettings)
    selection: Selection = attrs.field(init=False)
    clock: int = events.T0
    facts: list[Fact] = attrs.Factory(list)
    subscriptions: dict[str, dict[str, Any]] = attrs.Factory(dict)
    invoices: dict[str, dict[str, Any]] = attrs.Factory(dict)
    _now: Shown = attrs.Factory(lambda: Shown({}, {}, {}, {}))
    _shown: list[Shown] = attrs.Factory(list)

    def __attrs_post_init__(self) -> None:
        """Read what the settings need."""
        self.selection = selection_of(self.settings)

    def world(self) -> World:
        """What has happened so far."""
        return World(tuple(self.facts), (*self._shown, self._now), settings=self.settings)

    def _read(self, raw: Mapping[str, Any]) -> StripeEvent:
        return parse_event(raw, self.selection)

    def label(self, subscription_id: str) -> str | None:
        """The label that the subscription has now."""
        return label_of(self.subscriptions[subscription_id])

    # Subscriptions

    def born(self, subscription_id: str, label: str | None, *, customer: str = "cus_1", **state: Any) -> None:
        """A subscription that was there before anybody listened: no event tells of its creation."""
        self._unheard(self._body(subscription_id, label, customer=customer, **state))

    def relabel_unheard(self, subscription_id: str, label: str | None) -> None:
        """A change of label before anybody listened."""
        old = self.subscriptions[subscription_id]
        self._unheard({**old, "metadata": _without_nulls({**old["metadata"], "userId": label})})

    def _unheard(self, body: dict[str, Any]) -> None:
        self.subscriptions[body["id"]] = body
        self._show(subscriptions={body["id"]: self._read(events.created(body)).subscription})

    def create(
        self, subscription_id: str, label: str | None, *, customer: str = "cus_1", late: int = 0, **state: Any
    ) -> StripeEvent:
        """`customer.subscription.created`, stamped `late` seconds after it happened."""
        self.clock += self.step
        body = self._body(subscription_id, label, customer=customer, created=self.clock, **state)
        return self._subscription_event(events.created, body, None, late=late)

    def _body(
        self, subscription_id: str, label: str | None, *, tag: str | None = None, **state: Any
    ) -> dict[str, Any]:
        body = events.subscription(id=subscription_id, **state)
        return {**body, "metadata": _without_nulls({"userId": label, "app": tag})}

    def update(
        self,
        subscription_id: str,
        *,
        label: str | None = KEEP,
        tag: str | None = KEEP,
        late: int = 0,
        **changes: Any,
    ) -> StripeEvent:
        """`customer.subscription.updated` with `previous_attributes` as Stripe has them.

        `tag` is what the metadata says of the app that sells it.
        """
        self.clock += self.step
        old = self.subscriptions[subscription_id]
        changed = {name: value for name, value in changes.items() if old.get(name) != value}
        previous = {name: old.get(name) for name in changed}
        known = old["metadata"]
        wanted = {"userId": label, "app": tag}
        words = {key: word for key, word in wanted.items() if word not in {KEEP, known.get(key)}}
        if words:
            changed["metadata"] = _without_nulls({**known, **words})
            previous["metadata"] = {key: known.get(key) for key in words}
        return self._subscription_event(events.updated, {**old, **changed}, old, late=late, previous=previous)

    def delete(self, subscription_id: str, *, says_so: bool = True) -> StripeEvent:
        """`customer.subscription.deleted`; without `says_so` its object has the status of before."""
        self.clock += self.step
        old = self.subscriptions[subscription_id]
        body = {**old, "status": "canceled", "ended_at": self.clock}
        return self._subscription_event(events.deleted, body, old, told=body if says_so else old)

    def _subscription_event(
        self,
        build: Any,
        body: dict[str, Any],
        old: dict[str, Any] | None,
        *,
        late: int = 0,
        told: dict[str, Any] | None = None,
        **rest: Any,
    ) -> StripeEvent:
        self.subscriptions[body["id"]] = body
        raw = build(told or body, event_id=self._event_id(), created=self.clock + late, **rest)
        event = self._read(raw)
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

    def bill(self, subscription_id: str, *, labelled: bool = True, total: int = 2000, **fields: Any) -> str:
        """A new invoice, which keeps the metadata that the subscription has now; no event tells of it yet.

        Those without a label are of an old API version and say less: neither the metadata nor the products.
        """
        # Stripe's ids say nothing about order; neither do ours.
        number = f"in_{(len(self.invoices) * 37 + 11) % 101:03}"
        body = self.subscriptions[subscription_id]
        details = {"subscription": subscription_id, **({"metadata": body["metadata"]} if labelled else {})}
        self.invoices[number] = events.invoice(
            id=number,
            customer=body["customer"],
            created=self.clock,
            attempt_count=0,
            total=total,
            amount_due=total,
            amount_paid=0,
            status="open",
            status_transitions={"paid_at": None, "voided_at": None, "marked_uncollectible_at": None},
            parent={"type": "subscription_details", "subscription_details": details},
            lines=_lines(body) if labelled else None,
            **fields,
        )
        return number

    def pay(self, invoice_id: str, **fields: Any) -> StripeEvent:
        """`invoice.payment_succeeded`."""
        self._attempt(invoice_id)
        return self._settle(invoice_id, "paid", "paid_at", events.paid, **fields)

    def fail(self, invoice_id: str, *, again: int | None = None) -> StripeEvent:
        """`invoice.payment_failed`; Stripe tries again in `again` seconds, or not at all."""
        self._attempt(invoice_id)
        self.clock += self.step
        due = None if again is None else self.clock + again
        return self._invoice_event(invoice_id, events.failed, next_payment_attempt=due)

    def pay_elsewhere(self, invoice_id: str) -> StripeEvent:
        """Paid out of band: `invoice.paid`, and nothing else."""
        return self._settle(invoice_id, "paid", "paid_at", _event_of("invoice.paid"))

    def also_paid(self, invoice_id: str) -> StripeEvent:
        """`invoice.paid`, which follows `invoice.payment_succeeded` in the same second."""
        return self._invoice_event(invoice_id, _event_of("invoice.paid"))

    def void(self, invoice_id: str) -> StripeEvent:
        """`invoice.voided`."""
        return self._settle(invoice_id, "void", "voided_at", _event_of("invoice.voided"))

    def write_off(self, invoice_id: str) -> StripeEvent:
        """`invoice.marked_uncollectible`."""
        build = _event_of("invoice.marked_uncollectible")
        return self._settle(invoice_id, "uncollectible", "marked_uncollectible_at", build)

    def _attempt(self, invoice_id: str) -> None:
        body = self.invoices[invoice_id]
        self.invoices[invoice_id] = {**body, "attempt_count": body["attempt_count"] + 1}

    def _settle(self, invoice_id: str, status: str, when: str, build: Any, **fields: Any) -> StripeEvent:
        self.clock += self.step
        body = self.invoices[invoice_id]
        paid = {"amount_paid": body["amount_due"]} if status == "paid" else {}
        return self._invoice_event(
            invoice_id,
            build,
            **paid,
            status=status,
            next_payment_attempt=None,
            status_transitions={**body["status_transitions"], when: self.clock},
            **fields,
        )

    def _invoice_event(self, invoice_id: str, build: Any, **changes: Any) -> StripeEvent:
        body = self.invoices[invoice_id] = {**self.invoices[invoice_id], **changes}
        event = self._read(build(body, event_id=self._event_id(), created=self.clock))
        user = (body["parent"]["subscription_details"].get("metadata") or {}).get("userId")
        fact = Fact(event, self.clock, body["customer"], NOBODY, user, bill=body)
        return self._note(fact, invoices={invoice_id: event.invoice})

    # Checkout sessions and customers

    def complete(
        self,
        subscription_id: str,
        user: str | None,
        *,
        customer: str | None = None,
        by_reference: bool = False,
        took: int = 0,
    ) -> StripeEvent:
        """`checkout.session.completed`: the user stands in its metadata, or in `client_reference_id`.

        `took` says how many seconds before that the session was made, and the user named.
        """
        self.clock += self.step
        body = events.session(
            id=f"cs_{subscription_id}",
            sub=subscription_id,
            customer=customer or self.subscriptions[subscription_id]["customer"],
            created=self.clock - took,
            user=None if by_reference else user,
            client_reference_id=user if by_reference else None,
        )
        event = self._read(events.completed(body, event_id=self._event_id(), created=self.clock))
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
        event = self._read(raw)
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


def _event_of(event_type: str) -> Any:
    return partial(events.event, event_type)


def _without_nulls(metadata: Mapping[str, str | None]) -> dict[str, str]:
    return {key: word for key, word in metadata.items() if word is not None}


def _lines(subscription: Mapping[str, Any]) -> dict[str, Any]:
    items = (item for item in subscription["items"]["data"] if not item.get("deleted"))
    lines = [{"pricing": {"price_details": {"product": item["price"]["product"]}}} for item in items]
    return {"object": "list", "data": lines}
