"""Stripe's lists, page by page: subscriptions, events, one invoice's failed attempts. Compares nothing."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stripe_subscription_handler.events.event_types import HANDLED_TYPES
from stripe_subscription_handler.stripe_side.api import Page, Plural, StripeApi

PAGE = 100
"""Objects per request; Stripe's most."""

LISTED_DAYS = 30
"""How long Stripe lists an event."""

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
    stripe: StripeApi,
    after: str | None = None,
    customer_id: str | None = None,
    *,
    test_clock_id: str | None = None,
    with_invoices: bool = False,
) -> Iterator[Page]:
    """Read every subscription, ended ones too, of the account, of one customer or of one test clock.

    Stripe leaves those under test clocks out unless a customer or a clock is named. `with_invoices` has each
    one's newest invoice stand in it, in place of its id.
    """
    query: Parameters = (("status", "all"),)
    if with_invoices:
        query += (("expand[]", "data.latest_invoice"),)
    if customer_id is not None:
        query += (("customer", customer_id),)
    if test_clock_id is not None:
        query += (("test_clock", test_clock_id),)
    return pages(stripe, "subscriptions", query, after)


def events(
    stripe: StripeApi, since: int, after: str | None = None, types: Iterable[str] = HANDLED_TYPES
) -> Iterator[Page]:
    """Read the events of some types (20 at most, says Stripe), from a second on.

    Stripe's list knows no filter by object. Source: https://docs.stripe.com/api/events/list
    """
    wanted = tuple(("types[]", event_type) for event_type in types)
    return pages(stripe, "events", (*wanted, ("created[gte]", str(since))), after)


def failures(stripe: StripeApi, since: int) -> Iterator[Page]:
    """Read the events of failed attempts to collect an invoice, from a second on."""
    return events(stripe, since, None, ("invoice.payment_failed",))


def failed_attempts(stripe: StripeApi, invoice: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Find the events of an invoice's failed attempts, newest first.

    Stripe's list cannot be asked for one object's events, and of a failed attempt Stripe keeps no time. So
    they are looked for since the invoice was made; failures are few.
    """
    window: Parameters = (("types[]", "invoice.payment_failed"), ("created[gte]", str(invoice["created"])))
    for page in pages(stripe, "events", window):
        yield from (event for event in page.objects if event["data"]["object"].get("id") == invoice["id"])
