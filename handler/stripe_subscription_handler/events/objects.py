"""Any of Stripe's objects that events are about, normalised by its kind. Pure."""

from collections.abc import Mapping
from typing import Any

from stripe_subscription_handler.events.checkout_sessions import CheckoutSession, read_checkout_session
from stripe_subscription_handler.events.customers import Customer, read_customer
from stripe_subscription_handler.events.entitlements import EntitlementSummary, read_summary
from stripe_subscription_handler.events.event_types import Subject
from stripe_subscription_handler.events.invoices import Invoice, read_invoice
from stripe_subscription_handler.events.selection import Selection
from stripe_subscription_handler.events.subscriptions import Subscription, read_subscription, with_end

StripeObject = Subscription | Invoice | CheckoutSession | Customer | EntitlementSummary


def read_object(subject: Subject, body: Mapping[str, Any], as_of: str, selection: Selection) -> StripeObject:
    """Normalise an object as Stripe's API shows it, as of a second, ISO-8601 UTC.

    Raises:
        InvalidEventError: A field that must be there is missing, or one has the wrong type.
    """
    about = body, subject, selection
    match subject:
        case "subscription":
            return with_end(read_subscription(*about), as_of)
        case "invoice":
            return read_invoice(*about)
        case "checkout.session":
            return read_checkout_session(*about)
        case "customer":
            return read_customer(*about)
        case "entitlements.active_entitlement_summary":
            return read_summary(body, subject)
