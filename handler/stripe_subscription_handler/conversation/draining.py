"""Applies a customer's parked events once somebody has said whose they are. Pure conversation.

Draining twice is harmless, and breaking off anywhere loses nothing: an event is forgotten only after it was
applied.
"""

from collections.abc import Callable, Generator

from stripe_subscription_handler.conversation.fetching import Fetching, fetch_object
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Applied,
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
from stripe_subscription_handler.conversation.moves import move_link
from stripe_subscription_handler.conversation.owner_links import owner_from_links
from stripe_subscription_handler.decisions.decide import decide
from stripe_subscription_handler.decisions.decision import FindOwner, OwnerLink, Reason
from stripe_subscription_handler.decisions.policy import Circumstances, Policy
from stripe_subscription_handler.decisions.subscription_change import reported_version
from stripe_subscription_handler.errors import StripeUnavailableError
from stripe_subscription_handler.events.envelope import StripeEvent

Apply = Callable[[StripeEvent, str, Circumstances], Handling]
Steps = Generator[Request, Answer, tuple[Applied, ...]]


def drain(customer_id: str, policy: Policy, apply_event: Apply) -> Steps:
    """Apply every parked event whose user is known by now; repeat until none of these is left.

    Subscription events come first and leave their owner link, so that parked invoices of the same
    subscription find their user, and nothing more is parked for it. The registers they write stay unlinked: a
    register is linked once its customer has been drained too, and only the event that drains knows when.

    Returns:
        What was applied, or skipped for good, in whose profile.
    """
    done: tuple[Applied, ...] = ()
    progress = True
    while progress:
        progress = False
        parked = yield ReadParked(customer_id)
        if not isinstance(parked, Parked):
            break
        for event_id in parked.expired:
            yield Unpark(customer_id, event_id, expired=True)
        for event in sorted(parked.events, key=lambda event: (event.is_about_invoice, event.created)):
            one = yield from _one_drained(customer_id, event, policy, apply_event)
            if one:
                progress = True
                done += one
    return done


def _one_drained(customer_id: str, event: StripeEvent, policy: Policy, apply_event: Apply) -> Steps:
    try:
        whole = yield from _whole(event, policy)
        owner = (yield from _owner(customer_id, whole, policy)) if whole else None
        # A thin event may have got a label with a slip since it was parked; then it waits on.
        if whole is None or owner is None or not policy.is_user_id(owner):
            return ()
        if whole.subscription is not None:
            version = reported_version(whole, whole.subscription)
            yield WriteLink(OwnerLink(customer_id, whole.subscription.id, owner, version))
        others = yield from move_link(whole, owner, policy)
        users = () if others is None else (*others, owner)
        outcome = Outcome(applied=False, reason=Reason.STALE)
        done: tuple[Applied, ...] = ()
        for user_id in users:
            outcome = yield from apply_event(whole, user_id, Circumstances(policy, linking=False))
            done += (outcome.of(event.id, user_id),) if outcome.applied else ()
    except StripeUnavailableError:
        if policy.can_ask_stripe:
            raise
        # Without a key no retry helps. The event waits on, under the alarm, and holds nobody else up.
        return ()
    if outcome.reason in {Reason.PARKED, Reason.UNMAPPED}:
        return ()
    yield Unpark(customer_id, event.id)
    return done or (outcome.of(event.id, owner),)


def _whole(event: StripeEvent, policy: Policy) -> Fetching:
    # Events are parked as they came, so a thin one has no object yet.
    if event.related_id is None:
        return event
    return (yield from fetch_object(event, event.related_id, policy))


def _owner(customer_id: str, event: StripeEvent, policy: Policy) -> Generator[Request, Answer, str | None]:
    if event.user_id is not None:
        return event.user_id
    question = decide(event, circumstances=Circumstances(policy))
    links = yield ReadLinks(customer_id)
    if isinstance(question, FindOwner) and isinstance(links, Links):
        return owner_from_links(question, links.item)
    return None
