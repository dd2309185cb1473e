"""Stripe's lists, page by page: subscriptions, events, payment events of one invoice. Compares nothing."""

from collections.abc import Iterable, Iterator
from typing import Any

from stripe_subscription_handler.events.event_types import HANDLED_TYPES, INVOICE_EVENTS
from stripe_subscription_handler.stripe_side.api import Page, Plural, StripeApi

PAGE = 100
"""Objects per request; Stripe's most."""

LISTED_DAYS = 30
"""How long Stripe lists an event."""

_BEFORE_SECONDS, _AFTER_SECONDS = 60, 3600
"""Around `paid_at`, where the event of a payment is looked for."""

Parameters = tuple[tuple[str, str], ...]


def pages(stripe: StripeApi, plural: Plural, query: Parameters, after: str | None = None) -> Iterator[Page]:
    """Read a list page by page, newest first; go on after the object of the id `after`."""
    while True:
        cursor = () if after is None else (("starting_after", after),)
        page = stripe.fetch_page(plural, (("limit", str(PAGE)), *query, *cursor))
        yield page
        if not page.has_more or not page.objects:
            return
        after = str(page.objects[-1]["id"])


def subscriptions(
    stripe: StripeApi, after: str | None = None, customer_id: str | None = None
) -> Iterator[Page]:
    """Read every subscription, ended ones too, of the account or of one customer."""
    query: Parameters = (("status", "all"),)
    if customer_id is not None:
        query += (("customer", customer_id),)
    return pages(stripe, "subscriptions", query, after)


def events(
    stripe: StripeApi, since: int, after: str | None = None, types: Iterable[str] = HANDLED_TYPES
) -> Iterator[Page]:
    """Read the events of some types (20 at most, says Stripe), from a second on.

    Stripe's list knows no filter by object. Source: https://docs.stripe.com/api/events/list
    """
    wanted = tuple(("types[]", event_type) for event_type in types)
    return pages(stripe, "events", (*wanted, ("created[gte]", str(since))), after)


def payment_events(stripe: StripeApi, invoice: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Find the payment events of one invoice.

    Stripe's list cannot be asked for one object's events, so it is narrowed by time: a payment's event is
    made within moments of `paid_at`. Of a failed attempt Stripe keeps no time, so failures are looked for
    since the invoice was made; they are few.
    """
    paid_at = (invoice.get("status_transitions") or {}).get("paid_at")
    if paid_at is not None:
        window: Parameters = (
            *(("types[]", kind) for kind, status in INVOICE_EVENTS.items() if status == "succeeded"),
            ("created[gte]", str(paid_at - _BEFORE_SECONDS)),
            ("created[lte]", str(paid_at + _AFTER_SECONDS)),
        )
    elif invoice.get("attempted"):
        window = (("types[]", "invoice.payment_failed"), ("created[gte]", str(invoice["created"])))
    else:
        return
    for page in pages(stripe, "events", window):
        yield from (event for event in page.objects if event["data"]["object"].get("id") == invoice["id"])
