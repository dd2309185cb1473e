"""One user's profile from Stripe, now: every subscription of theirs, and the newest payments.

The comparison and the repair are those of the command `reconcile`.
"""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import Any, Protocol

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.rehearsal import Item
from stripe_subscription_handler.decisions.ledger import KNOWN, Ledger, knows
from stripe_subscription_handler.stripe_side.api import Page, Snapshot


class Stripe(Protocol):
    """Stripe, as far as one user's subscriptions go."""

    def subscriptions(self, after: str | None = None, customer_id: str | None = None) -> Iterable[Page]: ...

    def subscription(self, subscription_id: str) -> Snapshot | None: ...


@attrs.frozen
class Wanted:
    """The user, subscriptions and customers to bring up to date; of a user, all that the profile tells of."""

    user_id: str | None = None
    subscription_ids: frozenset[str] = frozenset()
    customer_ids: frozenset[str] = frozenset()


Traces = Callable[[str], Wanted]
"""Finds what is left of a user outside the profile."""


def sync(
    wanted: Wanted,
    stripe: Stripe,
    item: Item | None,
    comparer: Comparer,
    traces: Traces = lambda _user_id: Wanted(),
) -> None:
    """Bring what is wanted up to date, given the profile item of the user, if one was named.

    `traces` is asked what is left of a user elsewhere, where nothing was named and the item has no ledger.

    Raises:
        CliError: There is no such subscription, or nothing says what Stripe has of the user.
        StripeUnavailableError: Stripe did not tell.
    """
    ids, customers = _known(item)
    customers |= wanted.customer_ids
    ids |= wanted.subscription_ids
    is_named = bool(wanted.customer_ids or wanted.subscription_ids)
    if wanted.user_id is not None and not is_named and Ledger.from_item(item).revision is None:
        left = traces(wanted.user_id)
        ids |= left.subscription_ids
        customers |= left.customer_ids
    if not ids and not customers:
        raise CliError(
            f"Nothing tells what Stripe has of {wanted.user_id}: not the profile, nor a link, nor the "
            "function's log. Name the subscription (--subscription sub_…) or the customer (--customer cus_…)."
        )
    done: set[str] = set()
    for customer_id in sorted(customers):
        done |= _compare_all(stripe, customer_id, done, item, wanted.user_id, comparer)
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


def _compare_all(
    stripe: Stripe,
    customer_id: str,
    done: AbstractSet[str],
    item: Item | None,
    user_id: str | None,
    comparer: Comparer,
) -> set[str]:
    """Compare all of a customer's subscriptions but those that are done; their ids."""
    found: set[str] = set()
    for page in stripe.subscriptions(customer_id=customer_id):
        bodies = [body for body in page.objects if body["id"] not in done]
        _compare(comparer, bodies, page.as_of, item, user_id)
        found |= {str(body["id"]) for body in bodies}
    return found


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
