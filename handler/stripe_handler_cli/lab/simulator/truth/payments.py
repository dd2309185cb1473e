"""The newest invoice of a subscription in its newest state, as the payment events told it. Pure."""

from typing import Any

from stripe_handler_cli.lab.simulator.api_versions import ApiVersion
from stripe_handler_cli.lab.simulator.book import Book, PaymentFact
from stripe_handler_cli.lab.simulator.calendar_time import iso


def newest_payment(book: Book, subscription_id: str) -> PaymentFact | None:
    """The last that was told of the invoice that was made last; one that asks for nothing is no payment."""
    newest: PaymentFact | None = None
    for fact in book.payments:
        if fact.subscription_id != subscription_id or fact.invoice.total <= 0:
            continue
        # What comes later in the book was told later.
        if newest is None or _made(fact) >= _made(newest):
            newest = fact
    return newest


def _made(fact: PaymentFact) -> tuple[int, str]:
    return fact.invoice.created, fact.invoice.id


def payment_attributes(fact: PaymentFact, version: ApiVersion, *, lives: bool) -> dict[str, Any]:
    """The attributes of a payment of the primary subscription, which `lives` or not."""
    invoice = fact.invoice
    times = {
        "succeeded": invoice.paid_at,
        "voided": invoice.voided_at,
        "uncollectible": invoice.uncollectible_at,
    }
    told = times.get(fact.status) if version.has_modern_subscriptions else None
    is_awaited = lives and fact.status == "failed" and invoice.next_attempt is not None
    return {
        "lastPaymentStatus": fact.status,
        "lastPaymentAt": iso(fact.second if told is None else told),
        "lastPaymentInvoiceId": invoice.id,
        "lastPaymentAmount": invoice.total,
        "lastPaymentCurrency": "usd",
        "lastPaymentAttemptCount": invoice.attempt_count,
        "nextPaymentAttemptAt": iso(invoice.next_attempt or 0) if is_awaited else None,
    }
