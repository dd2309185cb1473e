"""What an event claims: whose is a subscription, or a customer? Pure."""

from stripe_subscription_handler.decisions.claims import Claim, Kind
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.registers import subscription_version
from stripe_subscription_handler.decisions.short_forms import LOWEST_SECOND
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.customers import Customer
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import CUSTOMER_EVENTS, SUBSCRIPTION_EVENTS, Rank
from stripe_subscription_handler.events.subscriptions import Subscription

_SESSION = int(Rank.SNAPSHOT) + 1
"""A session names its subscription; in one second that is better than what names the whole customer."""


def claim_of(event: StripeEvent, policy: Policy) -> Claim | None:
    """Read what an event claims; None where it names nobody.

    Raises:
        InvalidEventError: The user's id does not match `USER_ID_PATTERN`.
    """
    claim = None
    if event.subscription is not None:
        claim = _label(event, event.subscription)
    elif event.alongside is not None and event.as_of is not None and event.alongside.user_id is not None:
        claim = label_at_stripe(event.alongside, event.as_of)
    elif event.invoice is not None and event.invoice.user_id is not None:
        version = f"{event.invoice.created} {event.invoice.id}"
        claim = Claim(Kind.INVOICE, version, event.invoice.user_id)
    elif event.session is not None and event.session.user_id is not None:
        # As old as the session, not as its event: whoever reads the session from Stripe claims the same.
        # Under a test clock that may be a time to come.
        made = min(event.session.created or event.created, event.created)
        claim = Claim(Kind.CUSTOMER, f"{made} {_SESSION}", event.session.user_id)
    elif event.customer is not None:
        claim = _of_customer(event, event.customer)
    if claim is None or policy.is_user_id(claim.user_id):
        return claim
    if event.user_id != claim.user_id and event.alongside is None:
        return None  # a slip that was taken off again
    return a_users(claim, policy)


def a_users(claim: Claim, policy: Policy) -> Claim:
    """The claim, if it names a user id.

    Raises:
        InvalidEventError: The user's id does not match `USER_ID_PATTERN`.
    """
    if not policy.is_user_id(claim.user_id):
        raise InvalidEventError("metadata", "the user's id does not match USER_ID_PATTERN")
    return claim


def reported_version(event: StripeEvent, subscription: Subscription) -> str:
    """Version of the state that a subscription event, or the snapshot in its place, reports."""
    if event.as_of is not None:
        return subscription_version(subscription, event.as_of, Rank.SNAPSHOT)
    return subscription_version(subscription, event.created, SUBSCRIPTION_EVENTS[event.type])


def label_at_stripe(subscription: Subscription, as_of: str) -> Claim | None:
    """The label of a subscription that Stripe was asked for, as of a second, ISO-8601 UTC."""
    if subscription.user_id is None:
        return None
    return Claim(Kind.LABEL, subscription_version(subscription, as_of, Rank.SNAPSHOT), subscription.user_id)


def customer_at_stripe(user_id: str, as_of: str) -> Claim:
    """The label of a customer that Stripe was asked for, as of a second, ISO-8601 UTC.

    When it was put there, Stripe does not tell, so whatever tells its time is better: a session, an update.
    """
    return Claim(Kind.CUSTOMER, f"{LOWEST_SECOND} {int(Rank.SNAPSHOT)} {as_of}", user_id)


def customer_after(event: StripeEvent, user_id: str) -> Claim:
    """The label that a customer has after all updates of an event's second."""
    return Claim(Kind.CUSTOMER, f"{event.created} {int(Rank.SNAPSHOT)}", user_id)


def _label(event: StripeEvent, subscription: Subscription) -> Claim | None:
    before = event.before
    # A label that was taken off still counts: it names the last user that anybody named.
    user_id = subscription.user_id or (before.user_id if before else None)
    if user_id is None:
        return None
    changed = before is not None and before.user_id != subscription.user_id
    steps = {event.id: (before.user_id, subscription.user_id)} if changed and before else {}
    return Claim(Kind.LABEL, reported_version(event, subscription), user_id, steps)


def _of_customer(event: StripeEvent, customer: Customer) -> Claim | None:
    if event.as_of is not None:
        return customer_at_stripe(customer.user_id, event.as_of) if customer.user_id else None
    user_id = customer.user_id or customer.former_user_id
    rank = CUSTOMER_EVENTS[event.type]
    if user_id is None or (rank is Rank.UPDATED and not customer.is_relabelled):
        return None  # it says nothing that was not said before
    if rank is not Rank.UPDATED:
        return Claim(Kind.CUSTOMER, f"{LOWEST_SECOND} {int(rank)}", user_id)
    steps = {event.id: (customer.former_user_id, customer.user_id)}
    return Claim(Kind.CUSTOMER, f"{event.created} {int(rank)}", user_id, steps)
