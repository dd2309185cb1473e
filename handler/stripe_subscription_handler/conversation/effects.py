"""What a case does to its owner's item, whether it tells a state or only whose it is. Pure."""

import attrs

from stripe_subscription_handler.conversation.cases import Case
from stripe_subscription_handler.conversation.messages import Item
from stripe_subscription_handler.decisions.claims import Claim
from stripe_subscription_handler.decisions.decide import Unread, for_owner
from stripe_subscription_handler.decisions.decision import Decision, NoProfile, ReadItem, Reason, Write
from stripe_subscription_handler.decisions.ledger import NOTHING, Held, Ledger
from stripe_subscription_handler.decisions.merging import merged
from stripe_subscription_handler.decisions.writes import full_write


def effect(
    case: Case,
    item: Item | Unread | None,
    owner: str,
    claim: Claim | None,
    brought: Held = NOTHING,
    *,
    linked: bool = True,
) -> Decision:
    """Decide what a case does to its owner's item.

    `claim` is why the subscription is the owner's, where that is to be written down; `brought` is what
    another item held of it; `linked` says whether nothing is left to drain before it is done with.
    """
    if isinstance(item, Unread) and case.is_parked:
        return ReadItem(owner)  # the drain goes on with what it wrote, so it must know it
    if case.event is not None and not case.only_claims:
        if case.moved != NOTHING:  # read along with an invoice
            if isinstance(item, Unread):
                return ReadItem(owner)
            held = Ledger.from_item(item).of(case.subscription_id)
            brought = brought if merged(held, case.moved) == held else merged(brought, case.moved)
        return for_owner(case.event, item, owner, claim, brought, case.circumstances(linked=linked))
    if isinstance(item, Unread):
        return ReadItem(owner)
    if item is None and not case.policy.create_missing_profile:
        return NoProfile(owner)
    return _put_together(case, item, owner, claim, merged(brought, case.moved), linked=linked)


def _put_together(
    case: Case, item: Item | None, owner: str, claim: Claim | None, brought: Held, *, linked: bool
) -> Write:
    ledger = Ledger.from_item(item)
    before = ledger.of(case.subscription_id)
    held = merged(before, brought)
    linked = linked if before == NOTHING else before.linked
    held = attrs.evolve(held, claim=claim or held.claim, linked=linked)
    after = ledger.with_held(case.subscription_id, held)
    return full_write(owner, item, after, case.subscription_id, case.policy, Reason.MOVED)
