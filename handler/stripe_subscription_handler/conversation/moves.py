"""Which other users' items must learn of an event, because the subscription was theirs. Pure conversation.

An `updated` event tells by `previous_attributes` whose the subscription was. A state fetched from Stripe does
not tell, so the customer's link item decides: it keeps the newest owner by version, and every user the
customer ever had.
"""

from collections.abc import Generator

from stripe_subscription_handler.conversation.messages import Answer, ItemSeen, Links, Request, WriteLink
from stripe_subscription_handler.conversation.owner_links import owner_in_links, users_in_links
from stripe_subscription_handler.decisions.decision import OwnerLink
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.subscription_change import reported_version
from stripe_subscription_handler.events.envelope import StripeEvent


def move_link(
    event: StripeEvent, user_id: str, policy: Policy
) -> Generator[Request, Answer, tuple[str, ...] | None]:
    """Move the owner link where the event asks for it, and say whose items must learn of it as well.

    `user_id` is the owner whom the subscription event, or the state that was fetched in its place, reports.

    Returns:
        The other users; None where the link names another owner by a newer version: the event is outdated.
    """
    subscription = event.subscription
    if subscription is None or subscription.user_id is None:
        return ()
    link = OwnerLink(
        subscription.customer_id, subscription.id, user_id, reported_version(event, subscription)
    )
    if event.as_of is None:
        before = event.before.user_id if event.before else None
        if before is None or before == user_id:
            return ()
        yield WriteLink(link, moves=True)
        # A slip that was corrected has no profile that would have to learn of it.
        return (before,) if policy.is_user_id(before) else ()
    answer = yield WriteLink(link, moves=True)
    links = answer.item if isinstance(answer, ItemSeen | Links) else None
    if isinstance(answer, ItemSeen) and owner_in_links(links, subscription.id) != user_id:
        return None
    # All of them must learn, not only the last: a handler may have died before it told the one before.
    return tuple(sorted(users_in_links(links) - {user_id}))
