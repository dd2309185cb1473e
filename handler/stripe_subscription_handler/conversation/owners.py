"""What comes next for one subscription: whose is it, and what does an event do to its owner's item? Pure.

An item holds a subscription only while the subscription's link names that item's user, and the two change in
one transaction, so no two profiles ever show the same one.

The common event names its user and is tried on that user's item without having read anything. What a refusal
tells, and what must be read, is known afterwards, and the next step follows from that.
"""

import attrs

from stripe_subscription_handler.conversation.cases import Case, Done, Nobody, Step
from stripe_subscription_handler.conversation.commits import check, commit, parking
from stripe_subscription_handler.conversation.known import Known
from stripe_subscription_handler.conversation.links import Link
from stripe_subscription_handler.conversation.messages import Item, Moved, ReadLinks
from stripe_subscription_handler.decisions.claims import Claim, Kind, Verdict, strongest
from stripe_subscription_handler.decisions.compaction import is_closed, may_be_forgotten
from stripe_subscription_handler.decisions.decide import UNREAD, Unread, for_owner
from stripe_subscription_handler.decisions.decision import (
    Decision,
    NoProfile,
    ReadItem,
    Reason,
    Refetch,
    Skip,
    Write,
)
from stripe_subscription_handler.decisions.ledger import NOTHING, Held, Ledger
from stripe_subscription_handler.decisions.merging import merged
from stripe_subscription_handler.decisions.writes import full_write


def next_step(case: Case, known: Known) -> Step:
    """Decide what to ask for next, or that nothing is left to do.

    Raises:
        InvalidEventError: The event names no customer, and the customer must be known.
    """
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
        decision = _decided(case, item, claim.user_id, claim)
        is_first = isinstance(decision, Write) and decision.enters
        return _comes(case, known, None) if is_first else decision
    if case.subscription_id in Ledger.from_item(item).held:
        return _has_owner(case, known, None, claim.user_id)
    # Most likely nobody owns it yet. The transaction asks, and its refusal tells the link.
    return _comes(case, known, None)


def _comes(case: Case, known: Known, link: Link | None) -> Step:
    """The subscription has no owner: it comes to whoever has the best claim."""
    verdict = _verdict(case, known, link.claim if link else None)
    if verdict is None:
        if not known.has_all_links or known.customer is None:
            return ReadLinks(case.customer_of(known))
        if not case.may_be_guessed or len(known.owners) != 1:
            return Nobody()
        verdict = Verdict(Claim(Kind.GUESS, "", next(iter(known.owners))))
    claim = verdict.claim
    if claim.kind <= Kind.CUSTOMER and known.customer is None:
        return ReadLinks(case.customer_of(known))
    if _is_open(case, verdict):
        return Refetch(case.subscription_id, case.second)
    if case.only_claims:
        if link is not None and link.claim == claim:
            return Done(Reason.DUPLICATE, claim.user_id)
        return commit(case, known, link, Link(None, claim), (), Reason.CLAIMED)
    item = known.item(claim.user_id)
    linked = case.is_parked or not known.parked
    decision = _decided(case, item, claim.user_id, claim, linked=linked)
    owned = Link(claim.user_id, claim)
    if isinstance(item, Unread):
        if isinstance(decision, Write) and decision.enters:
            return commit(case, known, link, owned, (decision,))
        return ReadItem(claim.user_id)
    if isinstance(decision, Write):
        return commit(case, known, link, owned, (decision,))
    if isinstance(decision, Skip) and case.subscription_id in Ledger.from_item(item).held:
        # The link was lost: a table restored from a backup, say.
        return commit(case, known, link, owned, (check(case, claim.user_id, item),), Reason.LINKED)
    return _without_profile(case, known, link, claim) if isinstance(decision, NoProfile) else decision


def _has_owner(case: Case, known: Known, link: Link | None, owner: str) -> Step:
    """The subscription has an owner: the event goes there, or takes it away. `link` is None where unread."""
    item = known.item(owner)
    if isinstance(item, Unread):
        if case.only_claims and link and case.claim and link.claim.key > case.claim.key:
            return Done(Reason.OUTRANKED, owner)
        decision = _decided(case, item, owner, None) if case.claim is None else ReadItem(owner)
        is_first = isinstance(decision, Write) and decision.enters
        return ReadItem(owner) if is_first else decision
    ledger = Ledger.from_item(item)
    if is_closed(ledger, case.subscription_id):
        return Done(Reason.CLOSED, owner)
    if may_be_forgotten(ledger, case.subscription_id, case.created):
        decision = _decided(case, item, owner, None)
        if isinstance(decision, Refetch | Skip):
            return decision
    held = ledger.of(case.subscription_id)
    standing = strongest((link.claim if link else None, held.claim))
    verdict = _verdict(case, known, standing.claim if standing else None)
    claim = verdict.claim if verdict else Claim(Kind.GUESS, "", owner)
    if verdict is not None and _is_open(case, verdict):
        return Refetch(case.subscription_id, case.second)
    if claim.user_id != owner:
        if link is None:
            return ReadLinks(case.customer_of(known))
        return _moves(case, known, link, item, claim)
    if case.only_claims:
        if link is None or claim in {link.claim, held.claim}:
            return Done(Reason.DUPLICATE if claim == case.claim else Reason.OUTRANKED, owner)
        return commit(case, known, link, Link(owner, claim), (), Reason.CLAIMED)
    decision = _decided(case, item, owner, None if claim == held.claim else claim)
    if isinstance(decision, Write) and decision.enters and link is not None:
        # It was dropped for space, or the app has deleted the profile since.
        return commit(case, known, link, Link(owner, claim), (decision,))
    return _without_profile(case, known, link, claim) if isinstance(decision, NoProfile) else decision


def _moves(case: Case, known: Known, link: Link, item: Item | None, claim: Claim) -> Step:
    """Another user has the better claim: all that is held of the subscription goes there, in one transaction."""
    target = known.item(claim.user_id)
    if isinstance(target, Unread):
        return ReadItem(claim.user_id)
    ledger, policy, subscription_id = Ledger.from_item(item), case.policy, case.subscription_id
    held = ledger.of(subscription_id)
    left = check(case, link.owner or "", item)
    if held != NOTHING:
        without = ledger.with_held(subscription_id, NOTHING)
        left = full_write(left.user_id, item, without, subscription_id, policy, Reason.MOVED)
    brought = attrs.evolve(held, claim=claim)
    linked = case.is_parked or not known.parked
    if target is None and not policy.create_missing_profile:
        # Nobody has a profile to show it in. What is known of it waits.
        shown = _decided(
            attrs.evolve(case, policy=attrs.evolve(policy, create_missing_profile=True)),
            None,
            claim.user_id,
            claim,
            brought,
        )
        if not isinstance(shown, Write):
            return shown
        kept = Ledger.from_item(shown.set).of(subscription_id)
        moved = Moved(
            f"moved {subscription_id} {case.id}", case.second, case.customer_of(known), subscription_id, kept
        )
        return parking(case, known, link, Link(None, claim), moved, claim.user_id, (left,))
    decision = _decided(case, target, claim.user_id, claim, brought, linked=linked)
    if not isinstance(decision, Write):
        return decision
    return commit(case, known, link, Link(claim.user_id, claim), (left, decision))


def _without_profile(case: Case, known: Known, link: Link | None, claim: Claim) -> Step:
    if case.is_parked or case.event is None:
        return Nobody()
    return parking(case, known, link, Link(None, claim), case.event, claim.user_id)


def _verdict(case: Case, known: Known, standing: Claim | None) -> Verdict | None:
    return strongest((standing, case.claim, known.customer.claim if known.customer else None))


def _is_open(case: Case, verdict: Verdict) -> bool:
    return not verdict.certain and verdict.claim.kind is Kind.LABEL and not case.may_guess


def _decided(
    case: Case,
    item: Item | Unread | None,
    owner: str,
    claim: Claim | None,
    brought: Held = NOTHING,
    *,
    linked: bool = True,
) -> Decision:
    """What the event does to its owner's item; of something that only claims or was moved, what comes along."""
    circumstances = case.circumstances(linked=linked)
    if case.event is not None and not case.only_claims:
        if item is UNREAD and case.is_parked:
            return ReadItem(owner)
        return for_owner(case.event, item, owner, claim, brought, circumstances)
    if isinstance(item, Unread):
        return ReadItem(owner)
    if item is None and not case.policy.create_missing_profile:
        return NoProfile(owner)
    ledger = Ledger.from_item(item)
    before = ledger.of(case.subscription_id)
    held = merged(merged(before, brought), case.moved)
    register = held.register
    if register is not None:
        linked = before.register.linked if before.register else linked
        register = attrs.evolve(register, linked=linked)
    after = ledger.with_held(
        case.subscription_id, attrs.evolve(held, register=register, claim=claim or held.claim)
    )
    return full_write(owner, item, after, case.subscription_id, case.policy, Reason.MOVED)
