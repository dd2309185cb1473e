"""What Stripe is asked when the events leave something open. Pure conversation.

Nothing is stored here: what Stripe shows takes the event's place and is then decided like any event.
"""

from collections.abc import Generator

import attrs

from stripe_subscription_handler.conversation.messages import (
    Answer,
    Fetched,
    FetchedInvoice,
    FetchInvoice,
    FetchSubscription,
    Request,
)
from stripe_subscription_handler.decisions.decision import Refetch
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.errors import StripeUnavailableError
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.loggable import loggable

Fetching = Generator[Request, Answer, StripeEvent | None]


def fetch_object(event: StripeEvent, object_id: str, policy: Policy) -> Fetching:
    """Give a thin event the object it is about, as Stripe shows it now; None if Stripe has no such object.

    Raises:
        StripeUnavailableError: There is no key, or no answer that includes the event's own second.
    """
    if not event.is_about_invoice:
        return (yield from refetch(event, Refetch(object_id, event.created), policy))
    _require_key(object_id, policy)
    answer = yield FetchInvoice(object_id, event.created, event.account)
    if not isinstance(answer, FetchedInvoice) or answer.invoice is None:
        return None
    _require_fresh(answer.as_of, event.created)
    return attrs.evolve(event, invoice=answer.invoice, related_id=None)


def refetch(event: StripeEvent, question: Refetch, policy: Policy) -> Fetching:
    """Put the subscription that Stripe shows in the event's place; None if Stripe has no such subscription.

    An invoice event keeps its invoice, and takes the subscription along.

    Raises:
        StripeUnavailableError: There is no key, or no answer that is fresh enough.
    """
    subscription_id, not_before = question.subscription_id, question.not_before
    _require_key(subscription_id, policy)
    answer = yield FetchSubscription(subscription_id, not_before, event.account)
    if not isinstance(answer, Fetched) or answer.subscription is None:
        return None
    _require_fresh(answer.as_of, not_before)
    subscription = answer.subscription
    if event.invoice is not None:
        return attrs.evolve(event, fetched=subscription)
    if subscription.user_id is None:
        subscription = attrs.evolve(subscription, user_id=event.user_id)
    return attrs.evolve(event, subscription=subscription, before=None, as_of=answer.as_of, related_id=None)


def _require_key(object_id: str, policy: Policy) -> None:
    if not policy.can_ask_stripe:
        raise StripeUnavailableError(
            f"the events do not tell the state of {loggable(object_id)}, and no Stripe key is configured"
        )


def _require_fresh(as_of: str, not_before: str) -> None:
    if as_of < not_before:
        raise StripeUnavailableError(f"Stripe shows the state of {as_of}, but that of {not_before} is needed")


def unknown_to_stripe(object_id: str) -> StripeUnavailableError:
    return StripeUnavailableError(f"Stripe has no object {loggable(object_id)}")
