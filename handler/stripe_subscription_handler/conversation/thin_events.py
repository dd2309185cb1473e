"""Gives an event all that it is about, where it was delivered without it. Pure conversation.

A thin event has the snapshot event of the same happening beside it, which Stripe keeps for 30 days: what
that holds is exact, however late it is read, and is the same as if it had been delivered. So a happening that
comes in both forms, by two destinations, is one; and updates of one second are put in order by what each
changed.

The thin event that Stripe shows has `changes`, but only of what changed: no state can be made of that. Where
the snapshot event is not to be had, the object is read as it is now.
"""

import enum
from collections.abc import Generator

import attrs

from stripe_subscription_handler.conversation.fetching import fetch_object, refetch
from stripe_subscription_handler.conversation.messages import Answer, FetchedEvent, FetchEvent, Request
from stripe_subscription_handler.decisions.decision import Refetch
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.events.envelope import StripeEvent


class Missing(enum.Enum):
    """Why there is nothing to read of what a thin event is about.

    `GONE`: Stripe knows the event and has no such object any more. `UNKNOWN`: it knows neither, which may be
    a key of another account.
    """

    GONE = enum.auto()
    UNKNOWN = enum.auto()


Asking = Generator[Request, Answer, StripeEvent | None]


def whole(event: StripeEvent, policy: Policy) -> Generator[Request, Answer, StripeEvent | Missing]:
    """Give an event all that it is about: what a thin one tells, and items that Stripe did not embed.

    Without a key, what is embedded has to do.

    Raises:
        StripeUnavailableError: There is no key for a thin one, or no answer, or none that includes the
            event's second.
    """
    if event.related_id is not None:
        found = yield from _told(event, event.related_id, policy)
        if isinstance(found, Missing):
            return found
        event = found
    subscription = event.subscription
    is_whole = subscription is None or event.as_of is not None or not subscription.has_more_items
    if subscription is None or is_whole or not policy.can_ask_stripe:
        return event
    fetched = yield from refetch(event, Refetch(subscription.id, event.created), policy)
    return fetched or event


def _told(
    event: StripeEvent, object_id: str, policy: Policy
) -> Generator[Request, Answer, StripeEvent | Missing]:
    """What a thin event tells: its snapshot event, else its object as it is now."""
    is_known, snapshot_id = False, event.snapshot_id
    if policy.can_ask_stripe:
        if snapshot_id is None:
            thin = yield from _event(FetchEvent("v2.core.event", event.id, event.account))
            is_known, snapshot_id = thin is not None, thin.snapshot_id if thin else None
        exact = yield from _exact(event, object_id, snapshot_id)
        if exact is not None:
            return exact
    found = yield from fetch_object(event, object_id, policy)
    if found is not None:
        return found
    if not is_known:
        is_known = (yield from _event(FetchEvent("v2.core.event", event.id, event.account))) is not None
    return Missing.GONE if is_known else Missing.UNKNOWN


def _exact(event: StripeEvent, object_id: str, snapshot_id: str | None) -> Asking:
    """The snapshot event, as if it had been delivered; None if it is not to be had."""
    if snapshot_id is None:
        return None
    found = yield from _event(FetchEvent("event", snapshot_id, event.account))
    if found is None or (found.type, found.object_id) != (event.plain_type, object_id):
        return None
    livemode = event.livemode if found.livemode is None else found.livemode
    return attrs.evolve(found, account=event.account, livemode=livemode)


def _event(question: FetchEvent) -> Asking:
    answer = yield question
    return answer.event if isinstance(answer, FetchedEvent) else None
