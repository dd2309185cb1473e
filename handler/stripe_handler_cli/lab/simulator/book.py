"""Everything one life's account holds, and what it held at every moment: the simulated Stripe. Pure.

It answers as Stripe's API would: a subscription, an invoice, a customer, a checkout session or what a
customer is entitled to, now or as it was at the end of a second; None where there was none.
"""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import attrs

from stripe_handler_cli.lab.simulator.api_versions import CURRENT, ApiVersion
from stripe_handler_cli.lab.simulator.render_entitlements import SUMMARY, summary_object
from stripe_handler_cli.lab.simulator.render_invoices import invoice_object
from stripe_handler_cli.lab.simulator.render_sessions import session_object
from stripe_handler_cli.lab.simulator.render_subscriptions import (
    customer_object,
    deleted_customer,
    subscription_object,
)
from stripe_handler_cli.lab.simulator.state import (
    CheckoutSession,
    Customer,
    Entitlements,
    Invoice,
    Json,
    Subscription,
)

State = Subscription | Invoice | Customer | CheckoutSession | Entitlements
_State = TypeVar("_State", Subscription, Invoice, Customer, CheckoutSession, Entitlements)
_History = dict[str, list[tuple[int, _State]]]
"""Id → (second, state from then on), in order."""


@attrs.frozen
class PaymentFact:
    """One payment event, as the destination told it: the invoice as it was then.

    Attributes:
        status: `succeeded`, `failed`, `voided` or `uncollectible`.
    """

    subscription_id: str
    status: str
    second: int
    invoice: Invoice


@attrs.define
class Book:
    """The objects of one life.

    Attributes:
        entitlements: By customer, what the destination was told.
    """

    customers: _History[Customer] = attrs.Factory(dict)
    subscriptions: _History[Subscription] = attrs.Factory(dict)
    invoices: _History[Invoice] = attrs.Factory(dict)
    sessions: _History[CheckoutSession] = attrs.Factory(dict)
    entitlements: _History[Entitlements] = attrs.Factory(dict)
    payments: list[PaymentFact] = attrs.Factory(list)

    def note(self, state: State, second: int) -> None:
        """Remember the state from this second on."""
        histories: dict[type, _History[Any]] = {
            Subscription: self.subscriptions,
            Invoice: self.invoices,
            Customer: self.customers,
            CheckoutSession: self.sessions,
            Entitlements: self.entitlements,
        }
        histories[type(state)].setdefault(state.id, []).append((second, state.copy()))

    @property
    def seconds(self) -> set[int]:
        """Every second in which anything changed or was told."""
        changed = (
            second for history in self._histories for states in history.values() for second, _ in states
        )
        return {*changed, *(fact.second for fact in self.payments)}

    def told_at(self, real: Mapping[int, int]) -> "Book":
        """The same, each second in place of another one; what the objects say stays as it is."""

        def moved(history: _History[_State]) -> _History[_State]:
            return {
                key: [(real[second], state) for second, state in states] for key, states in history.items()
            }

        return Book(
            customers=moved(self.customers),
            subscriptions=moved(self.subscriptions),
            invoices=moved(self.invoices),
            sessions=moved(self.sessions),
            entitlements=moved(self.entitlements),
            payments=[attrs.evolve(fact, second=real[fact.second]) for fact in self.payments],
        )

    @property
    def _histories(self) -> tuple[_History[Any], ...]:
        return self.customers, self.subscriptions, self.invoices, self.sessions, self.entitlements

    def part(self, subscription_ids: Collection[str], until: int) -> "Book":
        """The same life with these subscriptions only, up to the end of a second."""
        told = {key: states for key, states in self.subscriptions.items() if key in subscription_ids}
        paid = (fact for fact in self.payments if fact.subscription_id in subscription_ids)
        return Book(
            customers=_until(self.customers, until),
            subscriptions=_until(told, until),
            invoices=_until(self.invoices, until),
            sessions=_until(self.sessions, until),
            entitlements=_until(self.entitlements, until),
            payments=[fact for fact in paid if fact.second <= until],
        )

    def find(
        self, kind: str, identifier: str, second: int | None = None, version: ApiVersion = CURRENT
    ) -> Json | None:
        """Find an object by its kind, Stripe's word, and its id.

        What a customer is entitled to has the customer's id, and all of it is here.
        """
        if kind == "customer":
            customer = _at(self.customers, identifier, second)
            if customer is None:
                return None
            return deleted_customer(customer) if customer.deleted else customer_object(customer, version)
        if kind == "subscription":
            subscription = _at(self.subscriptions, identifier, second)
            return subscription_object(subscription, version) if subscription else None
        if kind == "checkout.session":
            session = _at(self.sessions, identifier, second)
            return session_object(session, version) if session else None
        if kind == SUMMARY:
            entitlements = _at(self.entitlements, identifier, second)
            return summary_object(entitlements) if entitlements else None
        invoice = _at(self.invoices, identifier, second)
        return invoice_object(invoice, version) if invoice else None


def _at(history: _History[_State], identifier: str, second: int | None) -> _State | None:
    states = [state for since, state in history.get(identifier, ()) if second is None or since <= second]
    return states[-1] if states else None


def _until(history: _History[_State], second: int) -> _History[_State]:
    told = {key: [state for state in states if state[0] <= second] for key, states in history.items()}
    return {key: states for key, states in told.items() if states}
