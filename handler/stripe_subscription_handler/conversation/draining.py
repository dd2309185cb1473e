"""Applies a customer's parked events once somebody has said whose they are. Pure conversation.

Draining twice is harmless, and breaking off anywhere loses nothing: an event is applied and forgotten in one
transaction.
"""

from collections.abc import Generator

import attrs

from stripe_subscription_handler.conversation.cases import Case, case_of
from stripe_subscription_handler.conversation.catching_up import catch_up
from stripe_subscription_handler.conversation.commits import linking
from stripe_subscription_handler.conversation.known import Known
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Applied,
    Commit,
    CustomerChange,
    Guard,
    Moved,
    Parked,
    ReadParked,
    Request,
)
from stripe_subscription_handler.conversation.settling import settle
from stripe_subscription_handler.conversation.thin_events import Missing, whole
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.errors import (
    ConcurrentUpdateError,
    HandlerError,
    StripeUnavailableError,
)
from stripe_subscription_handler.events.envelope import StripeEvent

MAX_DRAINS = 10
Waiting = StripeEvent | Moved
Steps = Generator[Request, Answer, tuple[Applied, ...]]


def drain_and_link(case: Case, known: Known, user_id: str | None) -> Steps:
    """Apply what is parked for the customer, then mark the subscription as done with where it is not yet.

    Returns:
        What was applied, or skipped for good, in whose profile.

    Raises:
        StripeUnavailableError: Stripe must be asked for one of them; the others have been applied.
        ConcurrentUpdateError: Events were parked faster than they could be applied.
    """
    done: tuple[Applied, ...] = ()
    for _ in range(MAX_DRAINS):
        read, applied = yield from _drained(case, known)
        done += applied
        if known.parked - read:
            continue  # parked since they were read
        while user_id is not None and known.is_unlinked(user_id, case.subscription_id):
            revision = known.revision
            request = linking(case, known, user_id)
            answer = yield request
            known.learn(request, answer)
            if known.customer is None or known.customer.revision != revision:
                break
        else:
            return done
    raise ConcurrentUpdateError(f"events were parked during {MAX_DRAINS} attempts to apply them")


def _drained(
    case: Case, known: Known
) -> Generator[Request, Answer, tuple[frozenset[str], tuple[Applied, ...]]]:
    """Apply what can be applied now; the ids that were read, and what was applied."""
    question = ReadParked(case.customer_of(known))
    answer = yield question
    known.learn(question, answer)
    waiting = dict(answer.events) if isinstance(answer, Parked) else {}
    read, expired = known.parked, known.parked - waiting.keys()
    if expired:
        yield from _forgotten(case, known, expired)
    done: tuple[Applied, ...] = ()
    failed: StripeUnavailableError | None = None
    progress = True
    while progress:
        progress, failed = False, None
        for key, one in sorted(waiting.items(), key=_order):
            try:
                applied = yield from _one(key, one, known, case.policy)
            except StripeUnavailableError as error:
                # It waits on, and holds nobody else up.
                failed = error if case.policy.can_ask_stripe else failed
                continue
            except ConcurrentUpdateError:
                raise
            except HandlerError:
                continue  # a slip in a label, say: no retry helps, and it waits on under the alarm
            if applied is not None:
                progress = True
                done += applied
                del waiting[key]
    if failed is not None:
        raise failed
    return read, done


def _order(entry: tuple[str, Waiting]) -> tuple[bool, bool, str]:
    # Subscription events first: the invoices of a subscription wait for its owner.
    _, one = entry
    return (not isinstance(one, Moved), isinstance(one, StripeEvent) and one.is_about_invoice, one.created)


def _forgotten(case: Case, known: Known, expired: frozenset[str]) -> Generator[Request, Answer, None]:
    change = CustomerChange(Guard.AS_SEEN, known.revision, unparks=expired)
    request = Commit(case.customer_of(known), customer=change, reason=Reason.STALE)
    known.learn(request, (yield request))


def _one(
    key: str, one: Waiting, known: Known, policy: Policy
) -> Generator[Request, Answer, tuple[Applied, ...] | None]:
    """Apply one parked event; None if it waits on."""
    case = yield from _case(key, one, policy)
    if case is None:
        return None
    outcome = yield from settle(case, known)
    if outcome.reason in {Reason.PARKED, Reason.UNMAPPED} and not outcome.also_applied:
        return None
    applied = () if outcome.user_id is None else (outcome.of(key, outcome.user_id),)
    return applied + outcome.also_applied


def _case(key: str, one: Waiting, policy: Policy) -> Generator[Request, Answer, Case | None]:
    if isinstance(one, Moved):
        about = key, one.created, one.subscription_id, policy
        return Case(*about, claim=one.held.claim, moved=one.held, is_parked=True)
    # Events are parked as they came, so a thin one has no object yet.
    event: StripeEvent | None
    if one.is_generation_failure:
        event = (yield from catch_up(one, policy)).event
    else:
        found = yield from whole(one, policy)
        event = None if isinstance(found, Missing) else found
    if event is None or event.subscription_id is None:
        return None
    return attrs.evolve(case_of(event, policy), id=key, second=event.created, is_parked=True)
