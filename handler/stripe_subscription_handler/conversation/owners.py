"""What comes next for one subscription: whose is it, and what does an event do to its owner's item? Pure.

An item holds a subscription only while the subscription's link names that item's user, and the two change in
one transaction, so no two profiles ever show the same one.

The common event names its user and is tried on that user's item without having read anything. What a refusal
tells, and what must be read, is known afterwards, and the next step follows from that.
"""

import attrs

from stripe_subscription_handler.conversation.cases import Case, Done, Nobody, Step
from stripe_subscription_handler.conversation.commits import check, commit, parking
from stripe_subscription_handler.conversation.effects import effect
from stripe_subscription_handler.conversation.known import Known
from stripe_subscription_handler.conversation.links import Link
from stripe_subscription_handler.conversation.messages import Commit, Item, Moved, ReadLinks
from stripe_subscription_handler.conversation.projecting import with_projection
from stripe_subscription_handler.decisions.claims import Claim, Kind, Verdict, strongest
from stripe_subscription_handler.decisions.compaction import is_closed, may_be_forgotten
from stripe_subscription_handler.decisions.decide import Unread
from stripe_subscription_handler.decisions.decision import (
    Decision,
    NoProfile,
    ReadItem,
    Reason,
    Refetch,
    Skip,
    Write,
)
from stripe_subscription_handler.decisions.ledger import NOTHING, Held, Ledger, knows
from stripe_subscription_handler.decisions.writes import full_write


def next_step(case: Case, known: Known) -> Step:
    """Decide what to ask for next, or that nothing is left to do.

    Raises:
        InvalidEventError: The event names no customer, and the customer must be known.
    """
    step = _next_step(case, known)
    return with_projection(step, known, case.policy) if isinstance(step, Commit) else step


def _next_step(case: Case, known: Known) -> Step:
    if known.is_forgotten(case.subscription_id):
        return Done(Reason.FORGOTTEN)
    link = known.link(case.subscription_id)
    if isinstance(link, Unread):
        if case.claim is None or case.only_claims:
            return ReadLinks(case.customer_of(known))
        return _by_its_own_label(case, known, case.claim)
    if link is None or link.owner is None:
        return _comes(case, known, link)
    return _has_owner(case, known, link, link.owner)


def _by_its_own_label(case: Case, known: Known, claim: Claim) -> Step:
    item = known.item(claim.user_id)
    if isinstance(item, Unread):
        blind = effect(case, item, claim.user_id, claim)
        is_first = isinstance(blind, Write) and blind.enters
        return _comes(case, known, None) if is_first else blind
    if case.subscription_id in Ledger.from_item(item).held:
        return _has_owner(case, known, None, claim.user_id)
    # Most likely nobody owns it yet. The transaction asks, and its refusal tells the link.
    return _comes(case, known, None)


def _comes(case: Case, known: Known, link: Link | None) -> Step:  # noqa: PLR0911 - a table of cases
    """The subscription has no owner: it comes to whoever has the best claim."""
    claim = _best_claim(case, known, link)
    if not isinstance(claim, Claim):
        return claim
    if case.only_claims:
        if link is not None and link.claim == claim:
            return Done(Reason.DUPLICATE, claim.user_id)
        return commit(case, known, link, Link(None, claim), (), Reason.CLAIMED)
    item = known.item(claim.user_id)
    linked = case.is_parked or not known.parked
    decision = effect(case, item, claim.user_id, claim, linked=linked)
    owned = Link(claim.user_id, claim)
    if isinstance(decision, Write) and (not isinstance(item, Unread) or (decision.enters and linked)):
        return commit(case, known, link, owned, (decision,))
    if isinstance(item, Unread):
        return ReadItem(claim.user_id)
    if isinstance(decision, Skip) and case.subscription_id in Ledger.from_item(item).held:
        # The link was lost: a table restored from a backup, say.
        return commit(case, known, link, owned, (check(case, claim.user_id, item),), Reason.LINKED)
    return _nothing_written(case, known, link, claim, decision)


def _best_claim(case: Case, known: Known, link: Link | None) -> Claim | ReadLinks | Refetch | Nobody | Done:
    """Who is to own a subscription that nobody owns, or what must be known first."""
    verdict = _verdict(case, known, link.claim if link else None)
    is_of_customer = verdict is None or verdict.claim.kind <= Kind.CUSTOMER
    if is_of_customer and (known.customer is None or (verdict is None and not known.has_all_links)):
        return ReadLinks(case.customer_of(known))
    if is_of_customer and known.customer is not None and known.customer.is_forgotten:
        return Done(Reason.FORGOTTEN)
    if verdict is None:
        if case.is_another_apps:
            return Done(Reason.FILTERED)
        # Of a customer of whom somebody was forgotten, what nobody names may be about just that person.
        is_clear = case.may_be_guessed and len(known.owners) == 1 and not known.marks
        return Claim(Kind.GUESS, "", next(iter(known.owners))) if is_clear else Nobody()
    return _open_question(case, verdict) or verdict.claim


def _has_owner(  # noqa: PLR0911 - a table of cases
    case: Case, known: Known, link: Link | None, owner: str
) -> Step:
    """The subscription has an owner: the event goes there, or takes it away. `link` is None where unread."""
    item = known.item(owner)
    if isinstance(item, Unread):
        return _unread(case, link, owner)
    ledger = Ledger.from_item(item)
    if is_closed(ledger, case.subscription_id):
        return Done(Reason.CLOSED, owner)
    if may_be_forgotten(ledger, case.subscription_id, case.created):
        decision = effect(case, item, owner, None)
        if isinstance(decision, Refetch | Skip):
            return decision if isinstance(decision, Refetch) else Done(decision.reason, owner)
    held = ledger.of(case.subscription_id)
    standing = strongest((link.claim if link else None, held.claim))
    verdict = _verdict(case, known, standing.claim if standing else None)
    if verdict is None:
        verdict = Verdict(Claim(Kind.GUESS, "", owner))
    question = _open_question(case, verdict)
    if question is not None:
        return question
    if verdict.claim.user_id == owner:
        return _stays(case, known, link, item, verdict.claim)
    if link is None:
        return ReadLinks(case.customer_of(known))
    return _moves(case, known, link, item, verdict.claim)


def _unread(case: Case, link: Link | None, owner: str) -> Step:
    if case.claim is None:
        blind = effect(case, Unread.UNREAD, owner, None)
        is_first = isinstance(blind, Write) and blind.enters
        return ReadItem(owner) if is_first else blind
    if case.only_claims and link and link.claim.key > case.claim.key:
        return Done(Reason.OUTRANKED, owner)
    return ReadItem(owner)


def _stays(case: Case, known: Known, link: Link | None, item: Item | None, claim: Claim) -> Step:
    """The subscription stays where it is; there may be a better reason now."""
    owner, held = claim.user_id, Ledger.from_item(item).of(case.subscription_id)
    if case.only_claims:
        if link is None or claim in (link.claim, held.claim):
            return Done(Reason.DUPLICATE if claim == case.claim else Reason.OUTRANKED, owner)
        return commit(case, known, link, Link(owner, claim), (), Reason.CLAIMED)
    decision = effect(case, item, owner, None if claim == held.claim else claim)
    if isinstance(decision, Write) and decision.enters and link is not None:
        # It was dropped for space, or the app has deleted the profile since.
        return commit(case, known, link, Link(owner, claim), (decision,))
    return _nothing_written(case, known, link, claim, decision)


def _moves(case: Case, known: Known, link: Link, item: Item | None, claim: Claim) -> Step:
    """Another user has the better claim: all that is held of the subscription goes along, or all stays."""
    target = known.item(claim.user_id)
    if isinstance(target, Unread):
        return ReadItem(claim.user_id)
    ledger, policy, subscription_id = Ledger.from_item(item), case.policy, case.subscription_id
    held = ledger.of(subscription_id)
    left = check(case, link.owner or "", item)
    if knows(item, subscription_id):
        without = ledger.with_held(subscription_id, NOTHING)
        left = full_write(left.user_id, item, without, subscription_id, policy, Reason.MOVED)
    brought = attrs.evolve(held, claim=claim)
    linked = case.is_parked or not known.parked
    decision = effect(case, target, claim.user_id, claim, brought, linked=linked)
    if isinstance(decision, NoProfile):
        return _waits_for_a_profile(case, known, link, claim, left, brought)
    if isinstance(decision, Write):
        return commit(case, known, link, Link(claim.user_id, claim), (left, decision))
    return Done(decision.reason, claim.user_id) if isinstance(decision, Skip) else decision


def _waits_for_a_profile(
    case: Case, known: Known, link: Link, claim: Claim, left: Write, brought: Held
) -> Step:
    """Nobody has a profile to show it in; what is known of it waits, and the former owner loses it."""
    anyway = attrs.evolve(case, policy=attrs.evolve(case.policy, create_missing_profile=True))
    decision = effect(anyway, None, claim.user_id, claim, brought)
    if not isinstance(decision, Write):
        return decision
    held, customer_id = Ledger.from_item(decision.set).of(case.subscription_id), case.customer_of(known)
    name = f"moved {case.subscription_id} {case.id}"
    moved = Moved(name, case.second, customer_id, case.subscription_id, held)
    return parking(case, known, link, Link(None, claim), moved, claim.user_id, (left,))


def _nothing_written(case: Case, known: Known, link: Link | None, claim: Claim, decision: Decision) -> Step:
    if isinstance(decision, Skip):
        return Done(decision.reason, claim.user_id)
    if not isinstance(decision, NoProfile):
        return decision
    if case.is_parked or case.event is None:
        return Nobody()
    return parking(case, known, link, Link(None, claim), case.event, claim.user_id)


def _verdict(case: Case, known: Known, standing: Claim | None) -> Verdict | None:
    return strongest((standing, case.claim, known.customer.claim if known.customer else None))


def _open_question(case: Case, verdict: Verdict) -> Refetch | None:
    # Stripe shows no label any more where it was taken off after all that: then nobody can tell.
    is_settled = verdict.certain or verdict.claim.kind is not Kind.LABEL
    is_settled = is_settled or case.may_guess or case.was_refetched
    return None if is_settled else Refetch(case.subscription_id, case.second)
