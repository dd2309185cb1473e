"""What Stripe is asked when the events leave something open. Pure conversation.

Nothing is stored here: what Stripe shows takes the event's place and is then decided like any event.
"""

from collections.abc import Generator

import attrs

from stripe_subscription_handler.conversation.messages import Answer, Fetch, Fetched, Request
from stripe_subscription_handler.decisions.claims import Claim
from stripe_subscription_handler.decisions.decision import Refetch
from stripe_subscription_handler.decisions.naming import customer_at_stripe, label_at_stripe
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.errors import StripeUnavailableError
from stripe_subscription_handler.events.checkout_sessions import CheckoutSession
from stripe_subscription_handler.events.customers import Customer
from stripe_subscription_handler.events.entitlements import EntitlementSummary
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import SUBJECTS
from stripe_subscription_handler.events.invoices import Invoice
from stripe_subscription_handler.events.subscriptions import Subscription
from stripe_subscription_handler.loggable import loggable

Fetching = Generator[Request, Answer, StripeEvent | None]


def fetch_object(event: StripeEvent, object_id: str, policy: Policy) -> Fetching:
    """Give a thin event the object it is about, as Stripe shows it now; None if Stripe has no such object.

    Raises:
        StripeUnavailableError: There is no key, or no answer that includes the event's own second.
    """
    subject = SUBJECTS[event.plain_type]
    if subject == "subscription":
        return (yield from refetch(event, Refetch(object_id, event.created), policy))
    _require_key(object_id, policy)
    answer = yield Fetch(subject, object_id, event.created, event.account)
    if not isinstance(answer, Fetched) or answer.object is None:
        return None
    _require_fresh(answer.as_of, event.created)
    told = attrs.evolve(event, type=event.plain_type, related_id=None)
    match answer.object:
        case Invoice():
            told = attrs.evolve(told, invoice=answer.object)
        case CheckoutSession():
            told = attrs.evolve(told, session=answer.object)
        case Customer():
            told = attrs.evolve(told, customer=answer.object, as_of=answer.as_of)
        case EntitlementSummary():
            told = attrs.evolve(told, entitlements=answer.object, as_of=answer.as_of)
        case Subscription():
            return None
    return told


def refetch(event: StripeEvent, question: Refetch, policy: Policy) -> Fetching:
    """Put the subscription that Stripe shows in the event's place; None if Stripe has no such subscription.

    An invoice event keeps its invoice, and takes the subscription along.

    Raises:
        StripeUnavailableError: There is no key, or no answer that is fresh enough.
    """
    subscription_id, not_before = question.subscription_id, question.not_before
    _require_key(subscription_id, policy)
    answer = yield Fetch("subscription", subscription_id, not_before, event.account)
    if not isinstance(answer, Fetched) or not isinstance(answer.object, Subscription):
        return None
    _require_fresh(answer.as_of, not_before)
    if event.invoice is not None:
        return attrs.evolve(event, fetched=answer.object)
    return attrs.evolve(event, subscription=answer.object, before=None, as_of=answer.as_of, related_id=None)


def ask_whose(
    event: StripeEvent, subscription_id: str, customer_id: str | None
) -> Generator[Request, Answer, Claim | None]:
    """Ask Stripe whom the subscription's metadata names now, then whom its customer's names.

    Raises:
        StripeUnavailableError: Stripe does not answer.
    """
    if event.as_of is None:  # otherwise it has just been fetched
        answer = yield Fetch("subscription", subscription_id, account=event.account)
        if isinstance(answer, Fetched) and isinstance(answer.object, Subscription):
            label = label_at_stripe(answer.object, answer.as_of)
            if label is not None:
                return label
            customer_id = customer_id or answer.object.customer_id
    if customer_id is None:
        return None
    return (yield from ask_customer(event, customer_id))


def ask_customer(
    event: StripeEvent, customer_id: str, not_before: str | None = None
) -> Generator[Request, Answer, Claim | None]:
    """Ask Stripe whom a customer's metadata names now.

    Raises:
        StripeUnavailableError: Stripe does not answer, or not with all of the second `not_before`.
    """
    answer = yield Fetch("customer", customer_id, not_before, event.account)
    if isinstance(answer, Fetched) and not_before is not None:
        _require_fresh(answer.as_of, not_before)
    if not isinstance(answer, Fetched) or not isinstance(answer.object, Customer):
        return None
    user_id = answer.object.user_id
    return None if user_id is None else customer_at_stripe(user_id, answer.as_of)


def _require_key(object_id: str, policy: Policy) -> None:
    if not policy.can_ask_stripe:
        raise StripeUnavailableError(
            f"the events do not tell the state of {loggable(object_id)}, and no Stripe key is configured"
        )


def _require_fresh(as_of: str, not_before: str) -> None:
    if as_of < not_before:
        raise StripeUnavailableError(f"Stripe shows the state of {as_of}, but that of {not_before} is needed")


def unknown_to_stripe(object_id: str) -> StripeUnavailableError:
    return StripeUnavailableError(f"Stripe has no object {loggable(object_id)}")
