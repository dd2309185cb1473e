"""A subscription as Stripe's API shows it → the event that carries it to the profile. Pure.

This is for whatever reads subscriptions without having been sent an event: sync, reconcile, a drift check.
Such a snapshot goes through `handling` like a thin event whose object was fetched, so it can undo nothing
newer.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.conversation.handling import apply, handling
from stripe_subscription_handler.conversation.messages import Handling
from stripe_subscription_handler.decisions.policy import Circumstances, Policy
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.fields import optional_boolean
from stripe_subscription_handler.events.subscriptions import read_subscription, with_end

_TYPE = "customer.subscription.updated"
"""The type that says least. A snapshot's version comes from `as_of` and never from its type."""


def snapshot_event(body: Mapping[str, Any], as_of: str, user_id_metadata_key: str) -> StripeEvent:
    """Make an event of a subscription, as parsed from the API's JSON; for `as_of` see `api.Snapshot`.

    Raises:
        InvalidEventError: The object is malformed; `field` names where.
    """
    subscription = with_end(read_subscription(body, "subscription", user_id_metadata_key), as_of)
    return StripeEvent(
        id=f"snapshot of {subscription.id}",
        type=_TYPE,
        created=as_of,
        livemode=optional_boolean(body, "livemode", "subscription"),
        subscription=subscription,
        as_of=as_of,
    )


def carry(event: StripeEvent, policy: Policy, shown_to: Iterable[str] = ()) -> Handling:
    """Carry a snapshot through as `handling` does, and tell these users' items too whose the subscription is.

    `handling` finds the former users by the customer's link item; where that was lost, or the subscription
    never had one, only the items themselves tell whom it is shown to.
    """
    outcome = yield from handling(event, policy)
    if outcome.user_id is not None and event.subscription is not None:
        owned = attrs.evolve(event.subscription, user_id=event.subscription.user_id or outcome.user_id)
        event = attrs.evolve(event, subscription=owned)
        for user_id in sorted(set(shown_to) - {outcome.user_id}):
            yield from apply(event, user_id, Circumstances(policy, linking=False))
    return outcome
