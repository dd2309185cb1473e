"""One user's profile from Stripe, now: every subscription of theirs, and the newest payments.

The comparison and the repair are those of the command `reconcile`.
"""

from collections.abc import Iterable
from typing import Any, Protocol

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.rehearsal import Item
from stripe_subscription_handler.decisions.ledger import KNOWN, Ledger, knows
from stripe_subscription_handler.stripe_side.api import Page, Snapshot

INVOICES = 3
"""How many of a subscription's newest invoices are looked at for payments."""


class Stripe(Protocol):
    """Stripe, as far as one user's subscriptions go."""

    def subscriptions(self, after: str | None = None, customer_id: str | None = None) -> Iterable[Page]: ...

    def subscription(self, subscription_id: str) -> Snapshot | None: ...

    def newest_payment_events(self, subscription_id: str, invoices: int) -> Iterable[dict[str, Any]]:
        """The payment events of a subscription's newest invoices."""


@attrs.frozen
class Wanted:
    """The user, subscriptions and customers to bring up to date; of a user, all that the profile tells of."""

    user_id: str | None = None
    subscription_ids: frozenset[str] = frozenset()
    customer_ids: frozenset[str] = frozenset()


def sync(wanted: Wanted, stripe: Stripe, item: Item | None, comparer: Comparer) -> None:
    """Bring what is wanted up to date, given the profile item of the user, if one was named.

    Raises:
        CliError: There is no such subscription, or nothing says what Stripe has of the user.
        StripeUnavailableError: Stripe did not tell.
    """
    ids, customers = _known(item)
    customers |= wanted.customer_ids
    ids |= wanted.subscription_ids
    if not ids and not customers:
        raise CliError(
            f"The profile of {wanted.user_id} tells nothing of Stripe, so it cannot be looked up there. "
            "Name the subscription (--subscription sub_…) or the customer (--customer cus_…)."
        )
    done: set[str] = set()
    for customer_id in sorted(customers):
        for page in stripe.subscriptions(customer_id=customer_id):
            bodies = [body for body in page.objects if body["id"] not in done]
            _compare(comparer, bodies, page.as_of, item, wanted.user_id)
            done |= {str(body["id"]) for body in bodies}
    for subscription_id in sorted(ids - done):
        snapshot = stripe.subscription(subscription_id)
        if snapshot is not None:
            _compare(comparer, [snapshot.object], snapshot.as_of, item, wanted.user_id)
            done.add(subscription_id)
        elif wanted.user_id is not None:
            comparer.unknown(subscription_id, wanted.user_id)
        else:
            raise CliError(f"Stripe has no subscription {subscription_id}.")
    comparer.tally.subscriptions += len(done)
    for subscription_id in sorted(done):
        events = list(stripe.newest_payment_events(subscription_id, INVOICES))
        comparer.listed_events(events)
        comparer.tally.events += len(events)


def _known(item: Item | None) -> tuple[set[str], set[str]]:
    """The subscriptions and the customers that an item tells of."""
    found = item or {}
    registers = Ledger.from_item(item).registers.values()
    customers = {register.subscription.customer_id for register in registers}
    customers |= {found["stripeCustomerId"]} if "stripeCustomerId" in found else set()
    ids = set(found.get(KNOWN, set()))
    ids |= {found["subscriptionId"]} if "subscriptionId" in found else set()
    return ids, customers


def _compare(
    comparer: Comparer, bodies: Iterable[dict[str, Any]], as_of: str, item: Item | None, user_id: str | None
) -> None:
    for body in bodies:
        told = [user_id] if user_id is not None and knows(item, body["id"]) else []
        comparer.snapshots([body], as_of, told)
