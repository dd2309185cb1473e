"""What an event would have told that Stripe failed to generate, read off its object. Pure conversation.

The event that says so is fetched, for it is delivered without its data; then the object that it names, which
is applied as it is now. Where Stripe does not tell what was missed, nothing is applied and a person is told.
"""

from collections.abc import Generator

import attrs

from stripe_subscription_handler.conversation.fetching import fetch_object
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Fetch,
    Fetched,
    FetchedEvent,
    FetchEvent,
    Request,
)
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import INVOICE_ENDS, SUBJECTS, Subject
from stripe_subscription_handler.events.invoices import Invoice
from stripe_subscription_handler.events.missed import Missed
from stripe_subscription_handler.events.subscriptions import Subscription
from stripe_subscription_handler.value import Value

_USUAL_TYPES: dict[Subject, str] = {
    "subscription": "customer.subscription.updated",
    "invoice": "invoice.payment_failed",
    "checkout.session": "checkout.session.completed",
    "customer": "customer.updated",
    "entitlements.active_entitlement_summary": "entitlements.active_entitlement_summary.updated",
}
"""Kind of object → the type that is taken where the missed one is no handled type. It says least."""


@attrs.frozen(eq=False, repr=False)
class CaughtUp(Value):
    """What came of it.

    Attributes:
        event: What the missed event would have told, or more; None where nothing can be applied.
        reason: Why there is none.
        missed: What was missed, if Stripe told.
    """

    event: StripeEvent | None
    reason: Reason = Reason.REFETCHED
    missed: Missed | None = None


Catching = Generator[Request, Answer, CaughtUp]


def catch_up(event: StripeEvent, policy: Policy) -> Catching:
    """Read what was missed off its object, as of the second in which Stripe said so or later.

    Raises:
        StripeUnavailableError: Stripe does not answer now, or not with all of that second.
    """
    if not policy.can_ask_stripe:
        return CaughtUp(None, Reason.NOT_TOLD)
    answer = yield FetchEvent("v2.core.event", event.id, event.account, of_preview=True)
    fetched = answer.event if isinstance(answer, FetchedEvent) else None
    missed = fetched.missed if fetched else None
    if missed is None or missed.object_id is None:
        return CaughtUp(None, Reason.NOT_TOLD, missed)
    subject = next((one for one in _USUAL_TYPES if one == missed.kind), None)
    if subject is None:
        return CaughtUp(None, Reason.UNHANDLED_OBJECT, missed)
    is_handled = SUBJECTS.get(missed.event_type or "") == subject
    told = attrs.evolve(
        event,
        type=(missed.event_type if is_handled else None) or _USUAL_TYPES[subject],
        account=missed.account or event.account,
    )
    found = yield from fetch_object(told, missed.object_id, policy)
    if found is None:
        return CaughtUp(None, Reason.GONE, missed)
    if found.invoice is not None:
        has_failed = missed.event_type == _USUAL_TYPES["invoice"]
        found = yield from _with_subscription(found, found.invoice, has_failed=has_failed)
    return CaughtUp(found, missed=missed)


def _with_subscription(
    event: StripeEvent, invoice: Invoice, *, has_failed: bool
) -> Generator[Request, Answer, StripeEvent]:
    """Take an invoice's subscription along, for whose state the missed event may have been the first to tell.

    What is open is a failed payment only where the missed event said so; else the subscription alone is told.
    """
    if invoice.subscription_id is None:
        return event
    answer = yield Fetch("subscription", invoice.subscription_id, event.created, event.account)
    if not isinstance(answer, Fetched) or not isinstance(answer.object, Subscription):
        return event
    subscription, as_of = answer.object, answer.as_of
    by_status = INVOICE_ENDS.get(invoice.status or "")
    if by_status is None and not has_failed:
        kind = _USUAL_TYPES["subscription"]
        return attrs.evolve(event, type=kind, invoice=None, subscription=subscription, as_of=as_of)
    return attrs.evolve(
        event, type=by_status or event.type, fetched=subscription, alongside=subscription, as_of=as_of
    )
