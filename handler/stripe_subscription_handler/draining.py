"""Applies a customer's parked events once somebody has said whose they are. Pure conversation.

Draining twice is harmless, and breaking off anywhere loses nothing: an event is forgotten only after it was
applied.
"""

from collections.abc import Callable, Generator

from stripe_subscription_handler.conversation import (
    Answer,
    Handling,
    Links,
    Outcome,
    Parked,
    ReadLinks,
    ReadParked,
    Request,
    Unpark,
    WriteLink,
)
from stripe_subscription_handler.decide import Circumstances, decide
from stripe_subscription_handler.decisions import FindOwner, OwnerLink, Reason
from stripe_subscription_handler.envelope import StripeEvent
from stripe_subscription_handler.errors import StripeUnavailableError
from stripe_subscription_handler.fetching import Fetching, with_object
from stripe_subscription_handler.moving import former_owners
from stripe_subscription_handler.owners import owner_from_links
from stripe_subscription_handler.policy import Policy
from stripe_subscription_handler.subscription_change import reported_version

Apply = Callable[[StripeEvent, str, Circumstances], Handling]
Steps = Generator[Request, Answer, bool]


def drained(customer_id: str, policy: Policy, apply_event: Apply) -> Generator[Request, Answer, int]:
    """Apply every parked event whose user is known by now; repeat until none is left that is.

    Subscription events come first and leave their owner link, so that parked invoices of the same
    subscription find their user, and nothing more is parked for it. The registers they write stay unlinked:
    the link's other half, draining, is only done when the event that drains has ended its work.

    Returns:
        How many were applied.
    """
    count = 0
    progress = True
    while progress:
        progress = False
        parked = yield ReadParked(customer_id)
        if not isinstance(parked, Parked):
            break
        for event_id in parked.expired:
            yield Unpark(customer_id, event_id, expired=True)
        for event in sorted(parked.events, key=lambda event: (event.is_about_invoice, event.created)):
            if (yield from _one_drained(customer_id, event, policy, apply_event)):
                progress = True
                count += 1
    return count


def _one_drained(customer_id: str, event: StripeEvent, policy: Policy, apply_event: Apply) -> Steps:
    try:
        whole = yield from _whole(event, policy)
        owner = (yield from _owner(customer_id, whole, policy)) if whole else None
        if whole is None or owner is None:
            return False
        if whole.subscription is not None:
            version = reported_version(whole, whole.subscription)
            yield WriteLink(OwnerLink(customer_id, whole.subscription.id, owner, version))
        others = yield from former_owners(whole, owner)
        users = () if others is None else (*others, owner)
        outcome = Outcome(applied=False, reason=Reason.STALE)
        for user_id in users:
            outcome = yield from apply_event(whole, user_id, Circumstances(policy, linking=False))
    except StripeUnavailableError:
        if policy.can_ask_stripe:
            raise
        # Without a key no retry helps. It waits on, under the alarm, and holds nobody else up.
        return False
    if outcome.reason in {Reason.PARKED, Reason.UNMAPPED}:
        return False
    yield Unpark(customer_id, event.id)
    return True


def _whole(event: StripeEvent, policy: Policy) -> Fetching:
    # Events are parked as they came, so a thin one has no object yet.
    if event.related_id is None:
        return event
    return (yield from with_object(event, event.related_id, policy))


def _owner(customer_id: str, event: StripeEvent, policy: Policy) -> Generator[Request, Answer, str | None]:
    if event.user_id is not None:
        return event.user_id
    question = decide(event, circumstances=Circumstances(policy))
    links = yield ReadLinks(customer_id)
    if isinstance(question, FindOwner) and isinstance(links, Links):
        return owner_from_links(question, links.item)
    return None
