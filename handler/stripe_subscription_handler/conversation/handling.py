"""One event from the first decision to its end, as a conversation without I/O. Pure.

`handling(event)` is a generator: it yields what it wants done (`messages.Request`) and is sent what came of
that (`messages.Answer`). The store holds this conversation with DynamoDB and Stripe; the tests hold many at
once with a model of them, in every order, and break some off.
"""

from collections.abc import Generator, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.conversation.draining import drain
from stripe_subscription_handler.conversation.fetching import fetch_object, refetch, unknown_to_stripe
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Applied,
    Blocked,
    Handling,
    ItemSeen,
    Outcome,
    Request,
    WriteLink,
    Written,
)
from stripe_subscription_handler.conversation.moves import move_link
from stripe_subscription_handler.conversation.owner import find_owner, leave_unmapped
from stripe_subscription_handler.decisions.decide import UNREAD, Unread, decide
from stripe_subscription_handler.decisions.decision import (
    Decision,
    FindOwner,
    NoProfile,
    ReadItem,
    Reason,
    Refetch,
    Skip,
    Write,
)
from stripe_subscription_handler.decisions.policy import Circumstances, ConnectEvents, Policy
from stripe_subscription_handler.decisions.view import changed_names
from stripe_subscription_handler.errors import ConcurrentUpdateError, InvalidEventError, UserNotFoundError
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.loggable import loggable

MAX_ROUNDS = 10
"""Writes tried for one event before giving up and leaving it to a retry."""


def handling(event: StripeEvent, policy: Policy = Policy()) -> Handling:  # noqa: B008 - frozen
    """Carry an event through.

    Raises:
        UserNotFoundError: Nobody can say whose subscription it is.
        InvalidEventError: What says whose it is names no user id by `user_id_pattern`.
        StripeUnavailableError: Stripe must be asked, and there is no key or no fresh answer.
        ConcurrentUpdateError: The item changed in every round.
    """
    if event.account is not None and policy.connect_events is ConnectEvents.SKIP:
        return Outcome(applied=False, reason=Reason.CONNECT_ACCOUNT)
    if event.related_id is not None:
        fetched = yield from fetch_object(event, event.related_id, policy)
        if fetched is None:
            raise unknown_to_stripe(event.related_id)
        event = fetched
    first = decide(event, circumstances=Circumstances(policy))
    if isinstance(first, Skip):
        return Outcome(applied=False, reason=first.reason)
    user_id = yield from _user_of(event, first, policy)
    if isinstance(user_id, Outcome):
        return user_id
    others = yield from move_link(event, user_id, policy)
    if others is None:
        return Outcome(applied=False, reason=Reason.STALE, user_id=user_id)
    left: tuple[Applied, ...] = ()
    for other in others:
        elsewhere = yield from apply(event, other, Circumstances(policy, linking=False))
        left += (elsewhere.of(event.id, other),) if elsewhere.applied else ()
    # `apply` would decide the same again before it has read the item, unless a user had to be found.
    decided = None if isinstance(first, FindOwner) else first
    outcome = yield from apply(event, user_id, Circumstances(policy), decided)
    return attrs.evolve(outcome, also_applied=left + outcome.also_applied) if left else outcome


def _user_of(
    event: StripeEvent, first: Decision, policy: Policy
) -> Generator[Request, Answer, str | Outcome]:
    """Find whose the event is; an outcome where nobody can say, and the policy says what becomes of it."""
    found = (yield from find_owner(event, first, policy)) if isinstance(first, FindOwner) else event.user_id
    if found is None:
        raise UserNotFoundError("the event names no user")
    if isinstance(found, str) and not policy.is_user_id(found):
        raise InvalidEventError("metadata", "the user's id does not match USER_ID_PATTERN")
    return found


def apply(
    event: StripeEvent, user_id: str, circumstances: Circumstances, decided: Decision | None = None
) -> Handling:
    """Carry an event whose user is known through to that user's item.

    `decided` is what was decided of this event for this user without having seen the item, if it was.
    """
    policy = circumstances.policy
    circumstances = attrs.evolve(circumstances, may_guess=not policy.can_ask_stripe)
    item: Mapping[str, Any] | Unread | None = UNREAD
    others: tuple[Applied, ...] = ()
    for _ in range(MAX_ROUNDS):
        decision = decided or decide(event, item, user_id=user_id, circumstances=circumstances)
        decided = None
        if isinstance(decision, Skip):
            return Outcome(applied=False, reason=decision.reason, user_id=user_id).after_draining(others)
        if isinstance(decision, NoProfile):
            return (yield from _without_profile(event, user_id, circumstances))
        if isinstance(decision, Refetch):
            fetched = yield from refetch(event, decision, policy)
            if fetched is None and circumstances.may_guess:
                raise unknown_to_stripe(decision.subscription_id)
            # If it was deleted from Stripe for good, as test data can be, nobody can tell the order any more.
            circumstances = attrs.evolve(circumstances, may_guess=fetched is None)
            event = fetched or event
            continue
        if isinstance(decision, FindOwner):
            raise UserNotFoundError("the event names no user")
        answer = yield decision
        if isinstance(decision, Write) and isinstance(answer, Written):
            return _written(decision, item, answer).after_draining(others)
        if isinstance(answer, ItemSeen):
            item = answer.item
        elif isinstance(answer, Blocked) and isinstance(decision, Write) and decision.link:
            # The link is written first: from then on nothing more is parked for this subscription.
            yield WriteLink(decision.link)
            others += yield from drain(decision.link.customer_id, policy, apply)
            circumstances = attrs.evolve(circumstances, drained=True)
    raise ConcurrentUpdateError(f"the profile changed under {MAX_ROUNDS} attempts to write it")


def _without_profile(event: StripeEvent, user_id: str, circumstances: Circumstances) -> Handling:
    if not circumstances.linking:
        # A parked event stays parked; the user a subscription was taken from needs no news of it.
        return Outcome(applied=False, reason=Reason.PARKED, user_id=user_id)
    message = f"the user of subscription {loggable(event.subscription_id)} has no profile"
    outcome = yield from leave_unmapped(event, circumstances.policy, None, message)
    if not isinstance(outcome, Outcome):
        raise ConcurrentUpdateError("parking was refused")
    others: tuple[Applied, ...] = ()
    if outcome.reason is Reason.PARKED and event.customer_id is not None:
        # The profile may have come into being in between, when its first event found nothing parked.
        answer = yield ReadItem(user_id)
        if isinstance(answer, ItemSeen) and answer.item is not None:
            others = yield from drain(event.customer_id, circumstances.policy, apply)
    return attrs.evolve(outcome, user_id=user_id).after_draining(others)


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
        changed=changed_names(before, decision.set, decision.remove),
    )
