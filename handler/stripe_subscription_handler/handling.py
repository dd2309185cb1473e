"""One event from the first decision to its end, as a conversation without I/O. Pure.

`handling(event)` is a generator: it yields what it wants done (`Write`, `FindOwner`) and is sent what came of
it (`Written`, `Refused`, `Links`). The store holds this conversation with DynamoDB; the tests hold many at
once with a model of it, in every order.
"""

from collections.abc import Generator, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decide import UNREAD, FindOwner, Reason, Skip, Unread, Write, decide
from stripe_subscription_handler.envelope import StripeEvent
from stripe_subscription_handler.errors import ConcurrentUpdateError, UserNotFoundError
from stripe_subscription_handler.owners import owner_from_links

MAX_ROUNDS = 10
"""Writes tried for one event before giving up and leaving it to a retry."""


@attrs.frozen
class Written:
    """The write happened.

    Attributes:
        old: Old values of the attributes it changed, as far as they were returned.
    """

    old: Mapping[str, Any]


@attrs.frozen
class Refused:
    """The condition did not hold.

    Attributes:
        item: The item as it was then, None where there was none.
    """

    item: Mapping[str, Any] | None


@attrs.frozen
class Links:
    """A customer's owner links, None where there are none."""

    item: Mapping[str, Any] | None


@attrs.frozen
class Outcome:
    """What became of an event.

    Attributes:
        applied: Whether the profile was written.
        reason: Why.
        user_id: Whose profile, where it matters.
        old_status: The view's subscription status before the write, where it is known.
        new_status: The same after it.
    """

    applied: bool
    reason: Reason
    user_id: str | None = None
    old_status: str | None = None
    new_status: str | None = None


Handling = Generator[Write | FindOwner, Written | Refused | Links, Outcome]


def handling(event: StripeEvent) -> Handling:
    """Carry an event through.

    Raises:
        UserNotFoundError: Nobody can say whose subscription it is.
        ConcurrentUpdateError: The item changed in every round.
    """
    item: Mapping[str, Any] | Unread | None = UNREAD
    user_id = event.user_id
    for _ in range(MAX_ROUNDS):
        decision = decide(event, item, user_id=user_id)
        if isinstance(decision, FindOwner):
            answer = yield decision
            user_id = owner_from_links(decision, answer.item if isinstance(answer, Links) else None)
            if user_id is None:
                raise UserNotFoundError(_nobody(decision))
            decision = decide(event, item, user_id=user_id)
        if isinstance(decision, Skip):
            return Outcome(applied=False, reason=decision.reason, user_id=user_id)
        if isinstance(decision, Write):
            answer = yield decision
            if isinstance(answer, Written):
                return _written(decision, item, answer)
            item = answer.item
    raise ConcurrentUpdateError(f"the profile changed under {MAX_ROUNDS} attempts to write it")


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


def _nobody(question: FindOwner) -> str:
    return (
        f"no user is named by the metadata of subscription {question.subscription_id}, and customer "
        f"{question.customer_id or '(none)'} has no owner link for it"
    )
