"""Computes a user's view anew from the ledger, without an event and without Stripe. Pure conversation.

This is for a view that does not follow from the ledger: other settings shaped it, or something else wrote it.
"""

from stripe_subscription_handler.conversation.messages import Handling, Item, ItemSeen, Outcome, Written
from stripe_subscription_handler.conversation.settling import MAX_WRITES
from stripe_subscription_handler.decisions.decision import ReadItem, Reason, Skip, Write
from stripe_subscription_handler.decisions.ledger import REVISION, Ledger
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view import changed_names
from stripe_subscription_handler.decisions.writes import after_write, full_write
from stripe_subscription_handler.errors import ConcurrentUpdateError


def recompute(user_id: str, policy: Policy) -> Handling:
    """Read a user's item, and write the view that follows from its ledger, if it has another one.

    An event that is written in between wins: the view is then computed from what the event left.

    Raises:
        ConcurrentUpdateError: The ledger changed under every write that was tried.
    """
    answer = yield ReadItem(user_id)
    for _ in range(MAX_WRITES):
        assert isinstance(answer, ItemSeen)  # noqa: S101 - what reading and a refusal are answered by
        item = answer.item or {}
        decision = recomputed(user_id, answer.item, policy)
        status = item.get("subscriptionStatus")
        if isinstance(decision, Skip):
            return Outcome(applied=False, reason=decision.reason, user_id=user_id, old_status=status)
        answer = yield decision
        if isinstance(answer, Written):
            return Outcome(
                applied=True,
                reason=decision.reason,
                user_id=user_id,
                old_status=status,
                new_status=after_write(decision, item, answer.revision).get("subscriptionStatus"),
                changed=changed_names(item, decision.set, decision.remove),
            )
    raise ConcurrentUpdateError(f"the profile changed under {MAX_WRITES} attempts to compute its view anew")


def recomputed(user_id: str, item: Item | None, policy: Policy) -> Write | Skip:
    """Decide what computing the view anew does to an item.

    An item without any subscription is left alone: what stands there is the app's own.
    """
    ledger = Ledger.from_item(item)
    if item is None or not ledger.registers:
        return Skip(Reason.UNMAPPED)
    # Nothing that is held changes, so any subscription will do as the one that may.
    write = full_write(user_id, item, ledger, min(ledger.held), policy)
    is_right = after_write(write, item, item.get(REVISION, "")) == {REVISION: "", **item}
    return Skip(Reason.DUPLICATE) if is_right else write
