"""Builds transactions: profile, link, customer and parked event change together or not at all. Pure."""

import attrs

from stripe_subscription_handler.conversation.cases import Case, Done
from stripe_subscription_handler.conversation.known import Known
from stripe_subscription_handler.conversation.links import Link
from stripe_subscription_handler.conversation.messages import (
    Commit,
    CustomerChange,
    Guard,
    Item,
    LinkChange,
    Moved,
)
from stripe_subscription_handler.decisions.claims import Claim, Kind
from stripe_subscription_handler.decisions.conditions import Absent
from stripe_subscription_handler.decisions.decision import Reason, Write
from stripe_subscription_handler.decisions.ledger import REVISION, Ledger
from stripe_subscription_handler.decisions.writes import full_write, unchanged
from stripe_subscription_handler.events.envelope import StripeEvent


def check(case: Case, user_id: str, item: Item | None) -> Write:
    """A write that changes nothing, and asks that the item's ledger is as it was seen."""
    # Where there was no item there need be none: this makes none either.
    condition = Absent((REVISION,)) if item is None else unchanged(item, case.policy)
    return Write(user_id, {}, (), condition, Reason.LINKED)


def commit(
    case: Case,
    known: Known,
    link: Link | None,
    to: Link,
    writes: tuple[Write, ...],
    reason: Reason | None = None,
) -> Commit:
    """Build the transaction that makes a subscription somebody's, or says whose it is going to be."""
    customer: CustomerChange | None
    if link is not None and link.owner == to.owner is not None:
        # What concerns the customer stays as it is. An item that was made again lacks what was shown in it.
        is_made_again = any(write.enters for write in writes)
        customer = CustomerChange(Guard.NO_SUMMARY, only_checks=True) if is_made_again else None
    else:
        customer = _customer_change(known, to.claim)
    return Commit(
        case.customer_of(known),
        writes,
        LinkChange(case.subscription_id, link, to),
        customer,
        reason=reason or writes[-1].reason,
        user_id=to.claim.user_id,
    )


def parking(  # noqa: PLR0913, PLR0917 - what changes together
    case: Case,
    known: Known,
    link: Link | None,
    to: Link | None,
    kept: StripeEvent | Moved,
    user_id: str | None,
    writes: tuple[Write, ...] = (),
) -> Commit:
    """Build the transaction that keeps an event, or a moved subscription, until it can be applied.

    `user_id` is who has no profile; None where nobody can say whose it is.
    """
    loses_owner = link is not None and link.owner is not None and to is not None
    change = CustomerChange(Guard.NO_SUMMARY if loses_owner else Guard.NONE)
    change = _as_seen(known) if user_id is None else change
    change = attrs.evolve(change, parks=kept.id)
    return Commit(
        case.customer_of(known),
        writes,
        LinkChange(case.subscription_id, link, to),
        change,
        absent=user_id,
        parks=kept,
        reason=Reason.PARKED,
        user_id=user_id,
    )


def unparking(step: Write | Commit | Done, case: Case, known: Known) -> Commit:
    """Build the transaction that applies what was parked, if anything is left to apply, and forgets it."""
    if isinstance(step, Commit):
        # What is parked meanwhile must be noticed: the drain would go on without having read it.
        change = step.customer or CustomerChange(Guard.AS_SEEN)
        seen = _as_seen(known)
        change = attrs.evolve(
            change,
            guard=seen.guard,
            revision=seen.revision,
            unparks=change.unparks | {case.id},
            only_checks=False,
        )
        return attrs.evolve(step, customer=change, unparks=case.id)
    return Commit(
        case.customer_of(known),
        (step,) if isinstance(step, Write) else (),
        customer=attrs.evolve(_as_seen(known), unparks=frozenset({case.id})),
        unparks=case.id,
        reason=step.reason,
        user_id=step.user_id,
    )


def linking(case: Case, known: Known, user_id: str) -> Commit:
    """Build the transaction that marks a subscription as done with, if nothing was parked since the drain."""
    item, subscription_id = known.items[user_id], case.subscription_id
    ledger = Ledger.from_item(item)
    held = attrs.evolve(ledger.of(subscription_id), linked=True)
    after = ledger.with_held(subscription_id, held)
    write = full_write(user_id, item, after, subscription_id, case.policy, Reason.LINKED)
    change = attrs.evolve(_as_seen(known), only_checks=True)
    return Commit(case.customer_of(known), (write,), customer=change, reason=Reason.LINKED)


def _customer_change(known: Known, claim: Claim) -> CustomerChange:
    if claim.kind <= Kind.CUSTOMER:
        # It follows from the whole customer: from what its metadata says, and from who else owns something.
        return _as_seen(known)
    return CustomerChange(Guard.NO_SUMMARY if known.parked else Guard.NOTHING_KEPT)


def _as_seen(known: Known) -> CustomerChange:
    return CustomerChange(Guard.AS_SEEN, known.revision)
