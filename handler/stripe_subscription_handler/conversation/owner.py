"""Whose event is it? Pure conversation.

The questions are asked in order, and the policy says what becomes of an event whose user nobody can name.
"""

from collections.abc import Generator

from stripe_subscription_handler.conversation.messages import (
    Answer,
    CustomerUser,
    FetchCustomerUser,
    Fetched,
    FetchSubscription,
    ItemSeen,
    Links,
    Outcome,
    Park,
    ReadLinks,
    Request,
)
from stripe_subscription_handler.conversation.owner_links import owner_from_links, users_in_links
from stripe_subscription_handler.decisions.decision import FindOwner, Reason
from stripe_subscription_handler.decisions.policy import Policy, Unmapped
from stripe_subscription_handler.errors import UserNotFoundError
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.loggable import loggable


def find_owner(
    event: StripeEvent, question: FindOwner, policy: Policy
) -> Generator[Request, Answer, str | Outcome]:
    """Find the user of an event that names none: the customer's links tell, then Stripe, then the policy.

    Returns:
        The user; or what became of the event when nobody could name one.

    Raises:
        UserNotFoundError: As the policy says, or because the customer has several users.
    """
    links = Links(None)
    if question.customer_id is not None:
        answer = yield ReadLinks(question.customer_id)
        links = answer if isinstance(answer, Links) else links
        owner = owner_from_links(question, links.item)
        if owner is not None:
            return owner
    if policy.can_ask_stripe:
        owner = yield from _asked_of_stripe(event, question)
        if owner is not None:
            return owner
    nobody = (
        f"no user is named by the metadata of subscription {loggable(question.subscription_id)}, and "
        f"customer {loggable(question.customer_id) or '(none)'} has no owner link for it"
    )
    while True:
        if question.any_user and users_in_links(links.item):
            raise UserNotFoundError(f"{nobody}, but several users")
        outcome = yield from leave_unmapped(event, policy, question, nobody)
        if isinstance(outcome, Outcome):
            return outcome
        # Somebody has linked the customer in between.
        links = outcome
        owner = owner_from_links(question, links.item)
        if owner is not None:
            return owner


def _asked_of_stripe(event: StripeEvent, question: FindOwner) -> Generator[Request, Answer, str | None]:
    subscription = event.subscription
    if event.as_of is None:  # otherwise it has just been fetched
        fetched = yield FetchSubscription(question.subscription_id, None, event.account)
        subscription = fetched.subscription if isinstance(fetched, Fetched) else None
    if subscription is not None and subscription.user_id is not None:
        return subscription.user_id
    customer_id = question.customer_id or (subscription.customer_id if subscription else None)
    if customer_id is None:
        return None
    answer = yield FetchCustomerUser(customer_id, event.account)
    return answer.user_id if isinstance(answer, CustomerUser) else None


def leave_unmapped(
    event: StripeEvent, policy: Policy, question: FindOwner | None, message: str
) -> Generator[Request, Answer, Outcome | Links]:
    """Do with an event without a user, or without a profile, what the policy says.

    `question` is None where the user is known and has no profile; `message` says why the event is unmapped.

    Returns:
        What became of it; or the customer's links, if somebody has linked the customer in between.

    Raises:
        UserNotFoundError: As the policy says, or because there is no customer to wait for.
    """
    if policy.unmapped is Unmapped.IGNORE:
        return Outcome(applied=False, reason=Reason.UNMAPPED)
    if policy.unmapped is Unmapped.DEAD_LETTER or event.customer_id is None:
        raise UserNotFoundError(message)
    answer = yield Park(
        customer_id=event.customer_id,
        subscription_id=question.subscription_id if question else None,
        unless_users=question.any_user if question else False,
        event_id=event.id,
    )
    if isinstance(answer, ItemSeen):
        return Links(answer.item)
    return Outcome(applied=False, reason=Reason.PARKED)
