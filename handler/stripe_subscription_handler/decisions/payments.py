"""A subscription's newest invoice in its newest state. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.short_forms import read_word, stored_word
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import INVOICE_EVENTS
from stripe_subscription_handler.events.invoices import Invoice
from stripe_subscription_handler.value import Value

SUCCEEDED, FAILED, VOIDED, UNCOLLECTIBLE = "succeeded", "failed", "voided", "uncollectible"
_RANKS = {FAILED: 0, UNCOLLECTIBLE: 1, VOIDED: 2, SUCCEEDED: 3}
"""Order of two states of one invoice that were reported for the same second."""
_SETTLED = frozenset({SUCCEEDED, VOIDED})
"""States that an invoice never leaves."""
_BY_INVOICE_STATUS = {"paid": SUCCEEDED, "void": VOIDED, "uncollectible": UNCOLLECTIBLE}
_BY_RANK = {str(rank): status for status, rank in _RANKS.items()}
_NEVER = "-"
"""Sorts before every time and every number."""
_SAME = "="
"""Stands for a time that the version has already."""

VERSION = "v"
"""Stored name of a payment's version, which conditions compare; all but the currency can be read off it."""
_CURRENCY = "y"
_WORDS = 7
"""Words of a version after the invoice's id."""


@attrs.frozen(repr=False)
class Payment(Value):
    """The newest invoice of one subscription. Times are ISO-8601 UTC, the amount is in minor units.

    Attributes:
        version: See `_version`.
        status: `succeeded`, `failed`, `voided` or `uncollectible`.
        at: When it was paid, voided or given up, or when the attempt failed.
        amount: What was paid, or what was due.
        currency: Three-letter code in lower case.
        next_attempt_at: When Stripe tries again, after an attempt that failed.
    """

    version: str
    status: str
    at: str
    invoice_id: str
    amount: int | None = None
    currency: str | None = None
    attempt_count: int | None = None
    next_attempt_at: str | None = None

    @property
    def has_failed(self) -> bool:
        return self.status == FAILED

    @property
    def invoice_created(self) -> str:
        return self.version.partition(" ")[0]

    @property
    def second(self) -> str:
        """When what it says was so, for Stripe: of a settled invoice its end, else the event's second."""
        return self.version.rsplit(" ", _WORDS)[2]

    @classmethod
    def of(cls, invoice: Invoice, event_type: str, second: str) -> "Payment":
        """Read a payment off an invoice, which an event of a type reported for a second."""
        status = _BY_INVOICE_STATUS.get(invoice.status or "", INVOICE_EVENTS[event_type])
        told = {
            SUCCEEDED: invoice.paid_at,
            VOIDED: invoice.voided_at,
            UNCOLLECTIBLE: invoice.uncollectible_at,
        }
        # Invoices before 2018 have no amount_paid; what was due is then what was paid.
        is_paid = status == SUCCEEDED and invoice.amount_paid is not None
        payment = cls(
            version="",
            status=status,
            at=told.get(status) or second,
            invoice_id=invoice.id,
            amount=invoice.amount_paid if is_paid else invoice.amount_due,
            currency=invoice.currency,
            attempt_count=invoice.attempt_count,
            next_attempt_at=invoice.next_payment_attempt if status == FAILED else None,
        )
        return attrs.evolve(payment, version=_version(payment, invoice.created, second))

    @classmethod
    def told_by(cls, event: StripeEvent, held: "Payment | None") -> "Payment | None":
        """What an invoice's event makes of the payment that is held: its own, if that is newer.

        One that was read off an invoice (`as_of` is set) and tells a failed attempt is as old as it can be:
        so the attempt's own event is always newer, whenever it comes, and only the attempts before lose.
        """
        invoice, created = event.invoice, event.created
        if invoice is None:
            return held
        is_same_failure = held is not None and held.has_failed and held.invoice_id == invoice.id
        if event.as_of is not None and held is not None and is_same_failure:
            created = max(created, held.second)
        told = cls.of(invoice, event.plain_type, created)
        return told if held is None or held.version < told.version else held

    def to_attribute(self) -> dict[str, Any]:
        """Return the DynamoDB map (plain Python values)."""
        currency = {} if self.currency is None else {_CURRENCY: self.currency}
        return {VERSION: _with_times(self.version, stored_word)} | currency

    @classmethod
    def from_attribute(cls, attribute: Mapping[str, Any]) -> "Payment":
        version = _with_times(attribute[VERSION], read_word)
        invoice, _, second, rank, attempts, next_attempt, at, amount = version.rsplit(" ", _WORDS)
        return cls(
            version=version,
            status=_BY_RANK[rank],
            at=second if at == _SAME else at,
            invoice_id=invoice.partition(" ")[2],
            amount=None if amount == _NEVER else int(amount),
            currency=attribute.get(_CURRENCY),
            attempt_count=None if attempts == _NEVER else int(attempts),
            next_attempt_at=None if next_attempt == _NEVER else next_attempt,
        )


def _with_times(version: str, word: Callable[[str], str]) -> str:
    invoice, settled, second, rank, attempts, next_attempt, at, amount = version.rsplit(" ", _WORDS)
    created, _, invoice_id = invoice.partition(" ")
    return " ".join(
        (
            word(created),
            invoice_id,
            settled,
            word(second),
            rank,
            attempts,
            word(next_attempt),
            word(at),
            amount,
        )
    )


def _version(payment: Payment, invoice_created: str, second: str) -> str:
    """Text that sorts in time order: the invoice, whether it is settled, then when, and which state.

    What a settled invoice went through before, and when an event told of it, makes no difference: Stripe
    sends two events of one payment. Everything that is kept but the currency is part of it, so that equal
    versions are equal payments.
    """
    is_settled = payment.status in _SETTLED
    told = payment.at if is_settled else second
    return " ".join(
        (
            invoice_created,
            payment.invoice_id,
            str(int(is_settled)),
            told,
            str(_RANKS[payment.status]),
            _NEVER if payment.attempt_count is None else f"{payment.attempt_count:06d}",
            payment.next_attempt_at or _NEVER,
            _SAME if payment.at == told else payment.at,
            _NEVER if payment.amount is None else str(payment.amount),
        )
    )
