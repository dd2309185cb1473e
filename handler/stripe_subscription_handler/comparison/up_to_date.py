"""One user, subscription or customer brought up to date: everything that Stripe has of what was asked, now.

The function's operation `sync` and the command `sync` share it. The comparison and the repair are those of
`Comparer`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import attrs

from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.rehearsal import Item
from stripe_subscription_handler.decisions.ledger import Ledger, known_ids, knows
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


def nothing_left(_user_id: str) -> Wanted:
    """Nobody looks for more than the profile tells."""
    return Wanted()


@attrs.frozen
class Told:
    """What Stripe told of what was wanted.

    Attributes:
        owners: Subscription id → user, as `Comparer.snapshots` returns them.
        customers: Subscription id → customer id, where Stripe names one.
        unknown: Subscriptions that Stripe does not have.
    """

    owners: Mapping[str, str | None]
    customers: Mapping[str, str] = attrs.Factory(dict)
    unknown: frozenset[str] = frozenset()


def bring_up_to_date(
    wanted: Wanted,
    stripe: Stripe,
    item: Item | None,
    comparer: Comparer,
    traces: Traces = nothing_left,
) -> Told | None:
    """Bring what is wanted up to date, given the profile item of the user, if one was named.

    `traces` is asked what is left of a user elsewhere, where nothing was named and the item has no ledger.

    Returns:
        None where nothing says what Stripe has of the user.

    Raises:
        StripeUnavailableError: Stripe did not tell; its subclass `NotAtStripeError`: it has no such customer.
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
        return None
    owners: dict[str, str | None] = {}
    payers: dict[str, str] = {}
    unknown: set[str] = set()
    for customer_id in sorted(customers):
        for page in stripe.subscriptions(customer_id=customer_id):
            bodies = [body for body in page.objects if body["id"] not in owners]
            payers |= {str(body["id"]): customer_id for body in bodies}
            owners |= _compared(comparer, bodies, page.as_of, item, wanted.user_id)
    for subscription_id in sorted(ids - owners.keys()):
        snapshot = stripe.subscription(subscription_id)
        if snapshot is not None:
            payer = snapshot.object.get("customer")
            payers |= {subscription_id: payer} if isinstance(payer, str) else {}
            owners |= _compared(comparer, [snapshot.object], snapshot.as_of, item, wanted.user_id)
            continue
        unknown.add(subscription_id)
        if wanted.user_id is not None:
            comparer.unknown(subscription_id, wanted.user_id)
    comparer.tally.subscriptions += len(owners)
    return Told(owners, payers, frozenset(unknown))


def _known(item: Item | None) -> tuple[set[str], set[str]]:
    """The subscriptions and the customers that an item tells of."""
    found = item or {}
    registers = Ledger.from_item(item).registers.values()
    customers = {register.subscription.customer_id for register in registers}
    customers |= {found["stripeCustomerId"]} if "stripeCustomerId" in found else set()
    ids = set(known_ids(found))
    ids |= {found["subscriptionId"]} if "subscriptionId" in found else set()
    return ids, customers


def _compared(
    comparer: Comparer,
    bodies: Iterable[dict[str, Any]],
    as_of: str,
    item: Item | None,
    user_id: str | None,
) -> dict[str, str | None]:
    """Compare them, those that the user's item knows with that item too; whose each is."""
    shown: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for body in bodies:
        (shown if user_id is not None and knows(item, body["id"]) else others).append(body)
    found = comparer.snapshots(shown, as_of, [user_id] if user_id is not None else ()) if shown else {}
    return {**found, **(comparer.snapshots(others, as_of) if others else {})}
