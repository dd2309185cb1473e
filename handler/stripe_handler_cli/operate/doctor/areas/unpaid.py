"""Access without an end: subscriptions that Stripe has left past due, where no setting limits that."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.site import Site, config_of
from stripe_handler_cli.stack.stripe_api import check_key_mode, stripe_api, stripe_errors
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decisions.filters import is_ours
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.subscriptions import read_subscription

OWED_DAYS = 60
"""Stripe's own retries end within two months."""
MOST = 100
"""Most subscriptions, and most invoices, that are looked at: a page of Stripe's."""
LIMIT_ACCESS = "# set access_past_due_days in {settings}, then\n" + APPLY


@attrs.frozen
class UnpaidFacts:
    """Who is past due.

    Attributes:
        limit_days: What ends their access; None where nothing does, and then only Stripe was asked.
        past_due: How many subscriptions of ours are past due, as far as they were looked at.
        are_more: Whether Stripe has more of them, or more open invoices, than were looked at.
        owing: Subscription → since when it has owed an invoice, a date; the oldest first.
    """

    limit_days: int | None = None
    past_due: int = 0
    are_more: bool = False
    owing: Mapping[str, str] = attrs.Factory(dict)


def look_at_unpaid(site: Site) -> UnpaidFacts:
    """List the past due subscriptions, and the open invoices that are old enough, at Stripe."""
    config = config_of(site)
    if config.shows.access_past_due_days is not None:
        return UnpaidFacts(config.shows.access_past_due_days)
    if site.stripe is None:
        raise CliError("no Stripe key in STRIPE_API_KEY (or the variable of --stripe-key-variable)")
    check_key_mode(site.stripe, config.livemode)
    stripe = stripe_api(site.stripe, config.stripe_api_url, "subscriptions and invoices")
    before = int((site.now - dt.timedelta(days=OWED_DAYS)).timestamp())
    limit = ("limit", str(MOST))
    with stripe_errors():
        past_due = stripe.fetch_page("subscriptions", (limit, ("status", "past_due")))
        unpaid = (limit, ("status", "open"), ("created[lt]", str(before)))
        invoices = stripe.fetch_page("invoices", unpaid)
    ids = {str(one["id"]) for one in past_due.objects if _is_ours(one, config)}
    since: dict[str, int] = {}
    for invoice in invoices.objects:
        subscription_id, due = _billed(invoice), invoice.get("due_date") or invoice["created"]
        if subscription_id in ids and due < before:
            since[subscription_id] = min(due, since.get(subscription_id, due))
    oldest_first = sorted(since.items(), key=lambda one: one[1])
    return UnpaidFacts(
        past_due=len(ids),
        are_more=past_due.has_more or invoices.has_more,
        owing={name: dt.datetime.fromtimestamp(due, dt.UTC).date().isoformat() for name, due in oldest_first},
    )


def _is_ours(body: Mapping[str, Any], config: Config) -> bool:
    try:
        return is_ours(read_subscription(body, "subscription", config.selection), config.shows)
    except InvalidEventError as error:
        raise CliError(f"Stripe shows what cannot be read: {error}") from error


def _billed(invoice: Mapping[str, Any]) -> str:
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    return str(details.get("subscription"))


@check(Area.FUNCTION, look_at_unpaid, LIMIT_ACCESS)
def unpaid_access(facts: UnpaidFacts) -> Finding:
    """Unpaid access ends.

    Stripe can be set to leave a subscription past due when its retries have ended, and that gives access for
    ever.

    Where `access_past_due_days` is not set, Stripe is asked, with the key in `STRIPE_API_KEY` (or the
    variable of `--stripe-key-variable`), for at most {MOST} subscriptions that are `past_due` and {MOST} open
    invoices. A subscription of this app that has owed one for {OWED_DAYS} days is a warning: Stripe's own
    retries end sooner.
    """
    if facts.limit_days is not None:
        return passed(f"access while past_due is limited to {plural(facts.limit_days, 'day')}")
    if facts.owing:
        (first, since), *others = facts.owing.items()
        more = f", and {len(others)} more" if others else ""
        found = f"{first} is past_due, has owed an invoice since {since}, and keeps its access{more}"
        return warned(found, LIMIT_ACCESS)
    looked = f"looked at {facts.past_due}" + (", and not at all there is" if facts.are_more else "")
    return passed(f"none that is past_due has owed an invoice for {OWED_DAYS} days ({looked})")
