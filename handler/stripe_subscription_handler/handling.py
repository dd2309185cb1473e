"""One event from the first decision to its end, as a conversation without I/O. Pure.

`handling(event)` is a generator: it yields what it wants done (`conversation.Request`) and is sent what came
of it (`conversation.Answer`). The store holds this conversation with DynamoDB and Stripe; the tests hold many
at once with a model of them, in every order, and break some off.
"""

from collections.abc import Generator, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.conversation import (
    Answer,
    Blocked,
    Fetched,
    FetchSubscription,
    Handling,
    Outcome,
    Refused,
    Request,
    WriteLink,
    Written,
)
from stripe_subscription_handler.decide import UNREAD, Circumstances, Unread, decide
from stripe_subscription_handler.decisions import (
    FindOwner,
    NoProfile,
    OwnerLink,
    ReadItem,
    Reason,
    Refetch,
    Skip,
    Write,
)
from stripe_subscription_handler.draining import drained
from stripe_subscription_handler.envelope import StripeEvent
from stripe_subscription_handler.errors import (
    ConcurrentUpdateError,
    StripeUnavailableError,
    UserNotFoundError,
)
from stripe_subscription_handler.finding import found_owner, unmapped
from stripe_subscription_handler.policy import ConnectEvents, Policy
from stripe_subscription_handler.subscription_change import reported_version

MAX_ROUNDS = 10
"""Writes tried for one event before giving up and leaving it to a retry."""


def handling(event: StripeEvent, policy: Policy = Policy()) -> Handling:  # noqa: B008 - frozen
    """Carry an event through.

    Raises:
        UserNotFoundError: Nobody can say whose subscription it is.
        StripeUnavailableError: Stripe must be asked, and there is no key or no fresh answer.
        ConcurrentUpdateError: The item changed in every round.
    """
    if event.account is not None and policy.connect_events is ConnectEvents.SKIP:
        return Outcome(applied=False, reason=Reason.CONNECT_ACCOUNT)
    if event.related_id is not None:
        question = Refetch(event.related_id, event.created)
        fetched = yield from _refetched(event, question, policy)
        if fetched is None:
            raise _unknown_to_stripe(question)
        event = fetched
    first = decide(event, circumstances=Circumstances(policy))
    if isinstance(first, Skip):
        return Outcome(applied=False, reason=first.reason)
    user_id = event.user_id
    if isinstance(first, FindOwner):
        found = yield from found_owner(event, first, policy)
        if isinstance(found, Outcome):
            return found
        user_id = found
    if user_id is None:
        raise UserNotFoundError("the event names no user")
    mover = event.before.user_id if event.before else None
    if mover is not None and mover != user_id and event.subscription is not None:
        # The link follows the subscription to its new owner; then both users' items learn of it.
        subscription = event.subscription
        version = reported_version(event, subscription)
        link = OwnerLink(subscription.customer_id, subscription.id, user_id, version)
        yield WriteLink(link, moves=True)
        yield from applied(event, mover, Circumstances(policy, linking=False))
    return (yield from applied(event, user_id, Circumstances(policy)))


def applied(event: StripeEvent, user_id: str, circumstances: Circumstances) -> Handling:
    """Carry an event whose user is known through to that user's item."""
    policy = circumstances.policy
    circumstances = attrs.evolve(circumstances, may_guess=not policy.can_ask_stripe)
    item: Mapping[str, Any] | Unread | None = UNREAD
    count = 0
    for _ in range(MAX_ROUNDS):
        decision = decide(event, item, user_id=user_id, circumstances=circumstances)
        if isinstance(decision, Skip):
            return Outcome(applied=False, reason=decision.reason, user_id=user_id, drained=count)
        if isinstance(decision, NoProfile):
            return (yield from _without_profile(event, user_id, circumstances))
        if isinstance(decision, Refetch):
            fetched = yield from _refetched(event, decision, policy)
            if fetched is None and circumstances.may_guess:
                raise _unknown_to_stripe(decision)
            # Deleted from Stripe for good, as test data can be: nobody can tell the order any more.
            circumstances = attrs.evolve(circumstances, may_guess=fetched is None)
            event = fetched or event
            continue
        if isinstance(decision, FindOwner):
            raise UserNotFoundError("the event names no user")
        answer = yield decision
        if isinstance(decision, Write) and isinstance(answer, Written):
            return attrs.evolve(_written(decision, item, answer), drained=count)
        if isinstance(answer, Refused):
            item = answer.item
        elif isinstance(answer, Blocked) and isinstance(decision, Write) and decision.link:
            # The link first: from then on nothing more is parked for this subscription.
            yield WriteLink(decision.link)
            count += yield from drained(decision.link.customer_id, policy, applied)
            circumstances = attrs.evolve(circumstances, drained=True)
    raise ConcurrentUpdateError(f"the profile changed under {MAX_ROUNDS} attempts to write it")


def _without_profile(event: StripeEvent, user_id: str, circumstances: Circumstances) -> Handling:
    if not circumstances.linking:
        # A parked event stays parked; the user a subscription was taken from needs no news of it.
        return Outcome(applied=False, reason=Reason.PARKED, user_id=user_id)
    message = f"the user of subscription {event.subscription_id} has no profile"
    outcome = yield from unmapped(event, circumstances.policy, None, message)
    if not isinstance(outcome, Outcome):
        raise ConcurrentUpdateError("parking was refused")
    if outcome.reason is Reason.PARKED and event.customer_id is not None:
        # The profile may have come into being in between, when its first event found nothing parked.
        answer = yield ReadItem(user_id)
        if isinstance(answer, Refused) and answer.item is not None:
            yield from drained(event.customer_id, circumstances.policy, applied)
    return attrs.evolve(outcome, user_id=user_id)


def _refetched(
    event: StripeEvent, question: Refetch, policy: Policy
) -> Generator[Request, Answer, StripeEvent | None]:
    """Put what Stripe shows in the event's place; None where Stripe has no such subscription."""
    subscription_id, not_before = question.subscription_id, question.not_before
    if not policy.can_ask_stripe:
        raise StripeUnavailableError(
            f"the events do not tell the state of {subscription_id}, and no Stripe key is configured"
        )
    answer = yield FetchSubscription(subscription_id, not_before, event.account)
    if not isinstance(answer, Fetched) or answer.subscription is None:
        return None
    if answer.as_of < not_before:
        raise StripeUnavailableError(
            f"Stripe shows the state of {answer.as_of}, but that of {not_before} is needed"
        )
    if event.invoice is not None:
        return attrs.evolve(event, is_known_live=not answer.subscription.is_terminal)
    subscription = answer.subscription
    if subscription.user_id is None:
        subscription = attrs.evolve(subscription, user_id=event.user_id)
    return attrs.evolve(event, subscription=subscription, before=None, as_of=answer.as_of, related_id=None)


def _unknown_to_stripe(question: Refetch) -> StripeUnavailableError:
    return StripeUnavailableError(f"Stripe has no subscription {question.subscription_id}")


def _written(decision: Write, item: Mapping[str, Any] | Unread | None, answer: Written) -> Outcome:
    name = "subscriptionStatus"
    before = item if isinstance(item, Mapping) else answer.old
    old_status = before.get(name)
    new_status = decision.set.get(name, None if name in decision.remove else old_status)
    return Outcome(
        applied=True,
        reason=decision.reason,
        user_id=decision.user_id,
        old_status=old_status,
        new_status=new_status,
    )
