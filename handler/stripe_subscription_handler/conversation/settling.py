"""Carries one case about one subscription to its end. Pure conversation."""

from collections.abc import Generator, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.conversation.cases import Case, Done, Nobody, Step
from stripe_subscription_handler.conversation.commits import parking, unparking
from stripe_subscription_handler.conversation.fetching import ask_whose, refetch, unknown_to_stripe
from stripe_subscription_handler.conversation.known import Known
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Applied,
    Commit,
    Handling,
    Outcome,
    Refused,
    Request,
    Written,
)
from stripe_subscription_handler.conversation.owners import next_step
from stripe_subscription_handler.decisions.claims import strongest
from stripe_subscription_handler.decisions.decide import Unread
from stripe_subscription_handler.decisions.decision import (
    FindOwner,
    NoProfile,
    Reason,
    Refetch,
    Skip,
    Write,
)
from stripe_subscription_handler.decisions.naming import a_users, claim_of
from stripe_subscription_handler.decisions.policy import Unmapped
from stripe_subscription_handler.decisions.view import changed_names
from stripe_subscription_handler.errors import ConcurrentUpdateError, UserNotFoundError
from stripe_subscription_handler.loggable import loggable

MAX_WRITES = 10
"""Writes tried for one event before giving up and leaving it to a retry."""


def settle(case: Case, known: Known) -> Handling:
    """Carry a case through, and take over into `known` what was seen and written on the way.

    Raises:
        UserNotFoundError: Nobody can say whose the subscription is, and the policy parks nothing.
        InvalidEventError: What says whose it is names no user id by `user_id_pattern`.
        StripeUnavailableError: Stripe must be asked, and there is no key or no fresh answer.
        ConcurrentUpdateError: Something changed under every write that was tried.
    """
    writes = 0
    while writes < MAX_WRITES:
        step = next_step(case, known)
        if isinstance(step, Refetch):
            case = yield from _refetched(case, step)
            continue
        if isinstance(step, Nobody | NoProfile) and not case.is_parked and _may_ask(case):
            case = yield from _asked(case, known)
            continue
        ended = _ended(case, step)
        if ended is not None:
            return ended
        request = _request(case, known, step)
        before = known.items.copy()
        answer = yield request
        known.learn(request, answer)
        if isinstance(request, Write | Commit):
            writes += 1
            if isinstance(answer, Written):
                return _written(case, request, before, answer)
            if isinstance(answer, Refused) and answer.unparked:
                return Outcome(applied=False, reason=Reason.DUPLICATE)
    raise ConcurrentUpdateError(f"the profile changed under {MAX_WRITES} attempts to write it")


def _ended(case: Case, step: Step) -> Outcome | None:
    """How it ends where nothing is to be written; None if something is."""
    if isinstance(step, Done) and not case.is_parked:
        return Outcome(applied=False, reason=step.reason, user_id=step.user_id)
    if isinstance(step, Nobody | NoProfile) and case.is_parked:
        return Outcome(applied=False, reason=Reason.PARKED)  # it waits on
    if _parks(step) and case.policy.unmapped is Unmapped.IGNORE:
        user_id = step.user_id if isinstance(step, Commit) else None
        return Outcome(applied=False, reason=Reason.UNMAPPED, user_id=user_id)
    return None


def _parks(step: Step) -> bool:
    """Whether an event is to be parked; what a move takes out of a profile is kept in any case."""
    is_parking = isinstance(step, Commit) and step.reason is Reason.PARKED and not step.writes
    return is_parking or isinstance(step, Nobody | NoProfile)


def _request(case: Case, known: Known, step: Step) -> Request:
    if case.is_parked and isinstance(step, Write | Commit | Done):
        return unparking(step, case, known)
    if _parks(step) and case.policy.unmapped is not Unmapped.PARK:
        why = "has no profile" if isinstance(step, Commit) else "is named by nobody"
        raise UserNotFoundError(f"the user of subscription {loggable(case.subscription_id)} {why}")
    if isinstance(step, Nobody | NoProfile):
        assert case.event is not None  # noqa: S101 - what was moved has a claim
        link = known.link(case.subscription_id)
        return parking(case, known, None if isinstance(link, Unread) else link, None, case.event, None)
    assert not isinstance(step, Done | Skip | Refetch | FindOwner)  # noqa: S101 - told apart before
    return step


def _may_ask(case: Case) -> bool:
    return case.policy.can_ask_stripe and not case.was_asked and case.event is not None and case.claim is None


def _asked(case: Case, known: Known) -> Generator[Request, Answer, Case]:
    assert case.event is not None  # noqa: S101 - asked by the caller
    claim = yield from ask_whose(case.event, case.subscription_id, known.customer_id)
    return attrs.evolve(case, claim=claim and a_users(claim, case.policy), was_asked=True)


def _refetched(case: Case, question: Refetch) -> Generator[Request, Answer, Case]:
    assert case.event is not None  # noqa: S101 - only an event's order can be open
    event = yield from refetch(case.event, question, case.policy)
    if event is None:
        if case.may_guess:
            raise unknown_to_stripe(question.subscription_id)
        # If it was deleted from Stripe for good, as test data can be, nobody can tell the order any more.
        return attrs.evolve(case, may_guess=True)
    verdict = strongest((case.claim, claim_of(event, case.policy)))
    may_guess = False if case.policy.can_ask_stripe else case.may_guess
    return attrs.evolve(
        case,
        event=event,
        claim=verdict.claim if verdict else None,
        may_guess=may_guess,
        was_refetched=True,
    )


def _written(case: Case, request: Write | Commit, before: Mapping[str, Any], answer: Written) -> Outcome:
    writes = (request,) if isinstance(request, Write) else request.writes
    if request.reason is Reason.PARKED:
        target, left = None, writes
    else:
        target, left = (writes[-1] if writes else None), writes[:-1]
    also = tuple(
        Applied(case.id, write.user_id, _taken(write), _changed(write, before, answer))
        for write in left
        if not write.only_checks
    )
    if target is None:
        is_claim = request.reason is Reason.CLAIMED
        return Outcome(is_claim, request.reason, request.user_id, also_applied=also)
    name = "subscriptionStatus"
    old = before.get(target.user_id) or answer.old
    old_status = old.get(name)
    return Outcome(
        applied=True,
        reason=request.reason,
        user_id=target.user_id,
        old_status=old_status,
        new_status=target.set.get(name, None if name in target.remove else old_status),
        changed=_changed(target, before, answer),
        also_applied=also,
    )


def _taken(write: Write) -> Reason:
    # A move may also change whose the customer's entitlements are, of users who have no part in it.
    return Reason.MOVED if write.reason is Reason.MOVED else Reason.ENTITLED


def _changed(write: Write, before: Mapping[str, Any], answer: Written) -> tuple[str, ...]:
    return changed_names(before.get(write.user_id) or answer.old, write.set, write.remove)
