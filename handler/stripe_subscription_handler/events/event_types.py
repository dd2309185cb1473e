"""Which Stripe event types are handled, and what each one means. Tables only; pure."""

import enum
from collections.abc import Mapping
from typing import Final, Literal


class Rank(enum.IntEnum):
    """Order of two facts about one object within the same second; the higher one is the later.

    Stripe stamps events with whole seconds, and a checkout sends `created` and `updated` in the same one.
    `SNAPSHOT` is the object read from Stripe's API, as of a second that had ended when it was read.
    """

    CREATED = 0
    UPDATED = 1
    DELETED = 2
    SNAPSHOT = 3


SUBSCRIPTION_EVENTS: Final = {
    "customer.subscription.created": Rank.CREATED,
    "customer.subscription.updated": Rank.UPDATED,
    "customer.subscription.paused": Rank.UPDATED,
    "customer.subscription.resumed": Rank.UPDATED,
    "customer.subscription.trial_will_end": Rank.UPDATED,
    "customer.subscription.pending_update_applied": Rank.UPDATED,
    "customer.subscription.pending_update_expired": Rank.UPDATED,
    "customer.subscription.deleted": Rank.DELETED,
}
"""Events whose object is a subscription, with their rank inside one second."""

INVOICE_EVENTS: Final = {
    "invoice.payment_failed": "failed",
    "invoice.payment_succeeded": "succeeded",
    "invoice.paid": "succeeded",
    "invoice.voided": "voided",
    "invoice.marked_uncollectible": "uncollectible",
}
"""Events whose object is an invoice, with the payment status they report."""

INVOICE_ENDS: Final = {
    "paid": "invoice.paid",
    "void": "invoice.voided",
    "uncollectible": "invoice.marked_uncollectible",
}
"""Status of an invoice that has an end → the type of the event that told it."""

CHECKOUT_SESSION_EVENTS: Final = frozenset({"checkout.session.completed"})
"""Events whose object is a checkout session, which may say whose subscription it made."""

CUSTOMER_DELETED: Final = "customer.deleted"
CUSTOMER_EVENTS: Final = {
    "customer.created": Rank.CREATED,
    "customer.updated": Rank.UPDATED,
    CUSTOMER_DELETED: Rank.DELETED,
}
"""Events whose object is a customer, which may say whose its subscriptions are, with their rank."""

ENTITLEMENT_EVENTS: Final = frozenset({"entitlements.active_entitlement_summary.updated"})
"""Events whose object is a summary of what a customer may use."""

Subject = Literal[
    "subscription", "invoice", "checkout.session", "customer", "entitlements.active_entitlement_summary"
]
"""The kinds of object that events are about; Stripe's word for them."""

SUBJECTS: Final[Mapping[str, Subject]] = {
    **dict.fromkeys(SUBSCRIPTION_EVENTS, "subscription"),
    **dict.fromkeys(INVOICE_EVENTS, "invoice"),
    **dict.fromkeys(CHECKOUT_SESSION_EVENTS, "checkout.session"),
    **dict.fromkeys(CUSTOMER_EVENTS, "customer"),
    **dict.fromkeys(ENTITLEMENT_EVENTS, "entitlements.active_entitlement_summary"),
}
"""Handled type of event → the kind of object that it is about."""

HANDLED_TYPES: Final = tuple(SUBJECTS)
"""Every type of event that is handled."""

PING_EVENT: Final = "v2.core.event_destination.ping"
"""What Stripe sends to a destination, of whichever payload, when somebody asks it to test that one."""

GENERATION_FAILURE_EVENT: Final = "v2.core.health.event_generation_failure.resolved"
"""What Stripe sends where it failed to generate another event; once fetched, it names that one's object.

It is always a thin event.
"""

THIN_PREFIXES: Final = ("v1.", "v2.")
"""The types of thin events begin with one of these: those about objects of API v1 with the first."""

MAIN_EVENT_TYPES: Final = (
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "invoice.payment_succeeded",
    "invoice.payment_failed",
)
"""The five types that tell the state of subscriptions and payments."""

COMPANION_EVENT_TYPES: Final = (
    "invoice.paid",
    "invoice.voided",
    "invoice.marked_uncollectible",
    "checkout.session.completed",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "entitlements.active_entitlement_summary.updated",
)
"""Without these the five give wrong answers.

They tell of a payment outside Stripe, of an invoice that is no longer owed, of the user where only the
checkout or the customer names one, and of features.
"""

DEFAULT_EVENT_TYPES: Final = (*MAIN_EVENT_TYPES, *COMPANION_EVENT_TYPES)
"""The types about objects that the Terraform rule admits unless it is configured otherwise."""

ADMITTED_EVENT_TYPES: Final = (*DEFAULT_EVENT_TYPES, GENERATION_FAILURE_EVENT)
"""Every type that it then admits, but for Stripe's ping, which always passes."""
