"""What a customer's own metadata says of all its subscriptions. Pure conversation."""

from collections.abc import Generator

import attrs

from stripe_subscription_handler.conversation.cases import Case
from stripe_subscription_handler.conversation.draining import drain_and_link
from stripe_subscription_handler.conversation.fetching import ask_customer
from stripe_subscription_handler.conversation.known import Known
from stripe_subscription_handler.conversation.links import Link
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Applied,
    Commit,
    CustomerChange,
    Guard,
    Handling,
    Outcome,
    ReadLinks,
    Request,
    Written,
)
from stripe_subscription_handler.conversation.projecting import projected, shown_in
from stripe_subscription_handler.conversation.settling import MAX_WRITES, settle
from stripe_subscription_handler.decisions.claims import Claim, strongest
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.naming import a_users, claim_of, customer_after
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.errors import ConcurrentUpdateError
from stripe_subscription_handler.events.envelope import StripeEvent


def record_deletion(event: StripeEvent, known: Known, policy: Policy) -> Handling:
    """Write down that Stripe has deleted a customer, then what its metadata says.

    Of one that names nobody, and of whom nothing is known, nothing is written: most of an account's are so.

    Raises:
        ConcurrentUpdateError: Something changed under every write that was tried.
    """
    is_noted = False
    for _ in range(MAX_WRITES):
        question = ReadLinks(event.customer_id or "")
        known.learn(question, (yield question))
        customer = known.customer
        is_known = customer is not None and (customer.revision is not None or event.user_id is not None)
        if customer is None or not is_known or customer.deleted is not None:
            break
        if customer.is_forgotten:
            return Outcome(applied=False, reason=Reason.FORGOTTEN)
        change = CustomerChange(Guard.AS_SEEN, known.revision, deleted=event.created)
        request = Commit(event.customer_id or "", customer=change, reason=Reason.CUSTOMER_DELETED)
        answer = yield request
        known.learn(request, answer)
        is_noted = isinstance(answer, Written)
        if is_noted:
            break
    else:
        raise ConcurrentUpdateError(f"the customer changed under {MAX_WRITES} attempts to note its deletion")
    outcome = yield from claim_customer(event, known, policy)
    if not is_noted or outcome.applied:
        return outcome
    return attrs.evolve(outcome, applied=True, reason=Reason.CUSTOMER_DELETED)


def claim_customer(event: StripeEvent, known: Known, policy: Policy) -> Handling:
    """Write down what a customer's metadata says, then hand over each subscription with a lesser claim.

    The claim comes first: a subscription that comes to the customer meanwhile finds it. A retry hands over
    again, even if the claim stands there already.

    Raises:
        ConcurrentUpdateError: Something changed under every write that was tried.
    """
    claim = claim_of(event, policy)
    if claim is None:
        return (yield from _without_a_claim(event, known, policy))
    recorded = yield from _recorded(event, claim, known, policy)
    if recorded is None:
        return Outcome(applied=False, reason=Reason.FORGOTTEN)
    written, best = recorded
    others: tuple[Applied, ...] = written or ()
    whole = Case(event.id, event.created, "", policy, event, best, only_claims=True)
    for subscription_id, link in sorted(known.links.items()):
        if link is None or link.owner is None or _is_right(link, best):
            continue
        case = attrs.evolve(whole, subscription_id=subscription_id)
        outcome = yield from settle(case, known)
        if outcome.applied and outcome.user_id is not None:
            others += (outcome.of(event.id, outcome.user_id), *outcome.also_applied)
    drained: tuple[Applied, ...] = ()
    if known.parked:
        drained = yield from drain_and_link(whole, known, None)
    is_new = written is not None
    reason = Reason.CLAIMED if is_new else Reason.DUPLICATE if best == claim else Reason.OUTRANKED
    applied = is_new or bool(others or drained)
    return Outcome(applied, reason, best.user_id, also_applied=others).after_draining(drained)


def _without_a_claim(event: StripeEvent, known: Known, policy: Policy) -> Handling:
    """Apply what waits where Stripe shows no label any more: an earlier attempt may have been broken off."""
    outcome = Outcome(applied=False, reason=Reason.NOTHING_CLAIMED)
    if event.as_of is None:
        return outcome
    question = ReadLinks(event.customer_id or "")
    known.learn(question, (yield question))
    if not known.parked:
        return outcome
    case = Case(event.id, event.created, "", policy, event, only_claims=True)
    drained = yield from drain_and_link(case, known, None)
    return outcome.after_draining(drained)


def _settled_by_stripe(event: StripeEvent, policy: Policy) -> Generator[Request, Answer, Claim | None]:
    """Ask Stripe whom the customer's metadata names, where the updates of one second do not tell the last."""
    asked = yield from ask_customer(event, event.customer_id or "", event.created)
    if asked is None:
        return None
    return customer_after(event, a_users(asked, policy).user_id)


def _is_right(link: Link, best: Claim) -> bool:
    verdict = strongest((link.claim, best))
    return verdict is not None and verdict.claim.user_id == link.owner


def _recorded(
    event: StripeEvent, claim: Claim, known: Known, policy: Policy
) -> Generator[Request, Answer, tuple[tuple[Applied, ...] | None, Claim] | None]:
    """Write the better of the event's claim and the one that stands there.

    Returns:
        What that changed in items, or None where nothing was written; and the better claim. None alone where
        the claim is one that was forgotten.
    """
    may_ask = policy.can_ask_stripe
    for _ in range(MAX_WRITES):
        question = ReadLinks(event.customer_id or "")
        known.learn(question, (yield question))
        if known.customer is not None and known.customer.has_forgotten(claim):
            return None
        standing = known.customer.claim if known.customer else None
        verdict = strongest((standing, claim))
        assert verdict is not None  # noqa: S101 - there is one claim at least
        if not verdict.certain and may_ask:
            may_ask = False
            claim = (yield from _settled_by_stripe(event, policy)) or claim
            continue
        if verdict.claim == standing:
            return None, verdict.claim
        change = CustomerChange(Guard.AS_SEEN, known.revision, verdict.claim)
        request = Commit(event.customer_id or "", customer=change, reason=Reason.CLAIMED)
        request = yield from projected(request, known, policy)
        before = known.items.copy()
        answer = yield request
        known.learn(request, answer)
        if isinstance(answer, Written):
            return shown_in(event.id, request, before), verdict.claim
    raise ConcurrentUpdateError(f"the customer changed under {MAX_WRITES} attempts to write whose it is")
