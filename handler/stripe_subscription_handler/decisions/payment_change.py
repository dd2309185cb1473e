"""What an invoice event does to an item. Pure; called by `decide` only."""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.compaction import is_closed, is_outlived, may_be_forgotten
from stripe_subscription_handler.decisions.conditions import Absent, AnyOf, Equal, Less, Present
from stripe_subscription_handler.decisions.decision import NoProfile, Reason, Refetch, Skip, Write
from stripe_subscription_handler.decisions.ledger import (
    Ledger,
    Payment,
    payment_attribute,
    register_attribute,
)
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view import payment_view
from stripe_subscription_handler.decisions.writes import blind_write, full_write
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import INVOICE_EVENTS
from stripe_subscription_handler.events.invoices import Invoice
from stripe_subscription_handler.events.subscriptions import Subscription


@attrs.frozen
class PaymentChange:
    """An invoice event, its owner known, ready to be decided."""

    subscription_id: str
    payment: Payment
    second: str
    fetched: Subscription | None
    owner: str
    policy: Policy

    @classmethod
    def of(
        cls, event: StripeEvent, invoice: Invoice, subscription_id: str, owner: str, policy: Policy
    ) -> "PaymentChange":
        status = INVOICE_EVENTS[event.plain_type]
        payment = Payment.of(invoice, status=status, second=event.created, event_id=event.id)
        return cls(subscription_id, payment, event.created, event.fetched, owner, policy)

    def blind(self) -> Write:
        """The write that is right if the invoice is the primary subscription's."""
        name = payment_attribute(self.subscription_id)
        return blind_write(
            self.owner,
            {name: self.payment.to_attribute()} | payment_view(self.payment),
            known=self.subscription_id,
            conditions=(
                Equal(("subscriptionId",), self.subscription_id),
                Present((register_attribute(self.subscription_id),)),
                AnyOf((Absent((name,)), Less((name, "version"), self.payment.version))),
            ),
            policy=self.policy,
        )

    def with_item(self, item: Mapping[str, Any] | None) -> Write | Skip | Refetch | NoProfile:
        if item is None and not self.policy.create_missing_profile:
            return NoProfile(self.owner)
        ledger = Ledger.from_item(item)
        if is_closed(ledger, self.subscription_id):
            return Skip(Reason.CLOSED)
        if may_be_forgotten(ledger, self.subscription_id, created=None):
            if self.fetched is None:
                return Refetch(self.subscription_id, self.second)
            if is_outlived(ledger, self.fetched, self.owner):
                return Skip(Reason.CLOSED)
        seen = ledger.payments.get(self.subscription_id)
        if seen is not None and seen.version >= self.payment.version:
            return Skip(Reason.DUPLICATE if seen.version == self.payment.version else Reason.STALE)
        after = attrs.evolve(
            ledger,
            known=ledger.known | {self.subscription_id},
            payments={**ledger.payments, self.subscription_id: self.payment},
        )
        return full_write(self.owner, item, after, self.subscription_id, self.policy)
