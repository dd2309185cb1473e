"""EventBridge envelope or bare Stripe event → `StripeEvent`. Pure."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.checkout_sessions import CheckoutSession, read_checkout_session
from stripe_subscription_handler.events.customers import Customer, read_customer, with_former
from stripe_subscription_handler.events.entitlements import (
    EntitlementSummary,
    customer_of_related,
    read_summary,
    with_former_keys,
)
from stripe_subscription_handler.events.event_types import (
    CUSTOMER_EVENTS,
    GENERATION_FAILURE_EVENT,
    PING_EVENT,
    SUBJECTS,
    SUBSCRIPTION_EVENTS,
    Rank,
    Subject,
)
from stripe_subscription_handler.events.fields import (
    iso_time,
    optional_boolean,
    optional_object,
    optional_text,
    text,
)
from stripe_subscription_handler.events.invoices import Invoice, read_invoice
from stripe_subscription_handler.events.missed import Missed, read_missed
from stripe_subscription_handler.events.selection import PLAIN, Selection
from stripe_subscription_handler.events.subscriptions import (
    Subscription,
    read_before,
    read_subscription,
    with_end,
)
from stripe_subscription_handler.value import Value


@attrs.frozen(repr=False)
class StripeEvent(Value):
    """One Stripe event, normalised.

    Attributes:
        id: `evt_…`, the same in every delivery of the event.
        created: When it happened, ISO-8601 UTC, whole seconds.
        livemode: None where the event does not say.
        account: The context of an organisation's event, maybe a path; else the account of a Connect event.
        subscription: The state after the event, for subscription events.
        before: The state before it, where `previous_attributes` tells.
        session: The completed checkout session, for its event.
        customer: The state after the event, for customer events.
        entitlements: What the customer may use after the event, for its event.
        as_of: For a snapshot that took the event's place: the last second it surely includes, ISO-8601 UTC.
        related_id: For a thin event: the id of the object it is about, which must be fetched; for
            entitlements, the customer's.
        snapshot_id: For a thin event: the id of the snapshot event of the same happening, where it says so.
        fetched: For an invoice: its subscription, where Stripe was asked for it.
        alongside: For an invoice that was read for an event that Stripe failed to generate: its subscription
            as of `as_of`, which is applied too.
        missed: What Stripe failed to tell, for the event that says so, once it was fetched.
        destination_id: For a ping: the event destination that was tested.
    """

    id: str
    type: str
    created: str
    livemode: bool | None = None
    account: str | None = None
    subscription: Subscription | None = None
    before: Subscription | None = None
    invoice: Invoice | None = None
    session: CheckoutSession | None = None
    customer: Customer | None = None
    entitlements: EntitlementSummary | None = None
    as_of: str | None = None
    related_id: str | None = None
    snapshot_id: str | None = None
    fetched: Subscription | None = None
    alongside: Subscription | None = None
    missed: Missed | None = None
    destination_id: str | None = None

    @property
    def is_ping(self) -> bool:
        """Whether it only tests the way from Stripe to here."""
        return self.type == PING_EVENT

    @property
    def is_generation_failure(self) -> bool:
        """Whether it says that Stripe failed to generate another event."""
        return self.type == GENERATION_FAILURE_EVENT

    @property
    def plain_type(self) -> str:
        """The type without the `v1.` of thin events."""
        return self.type.removeprefix("v1.")

    @property
    def is_about_invoice(self) -> bool:
        return SUBJECTS.get(self.plain_type) == "invoice"

    @property
    def is_about_session(self) -> bool:
        return SUBJECTS.get(self.plain_type) == "checkout.session"

    @property
    def is_about_customer(self) -> bool:
        return SUBJECTS.get(self.plain_type) == "customer"

    @property
    def user_id(self) -> str | None:
        """The user the event itself names; of a customer's, now or else before."""
        if self.customer:
            return self.customer.user_id or self.customer.former_user_id
        subject = self.subscription or self.invoice or self.session
        return subject.user_id if subject else None

    @property
    def subscription_id(self) -> str | None:
        if self.subscription:
            return self.subscription.id
        subject = self.invoice or self.session
        return subject.subscription_id if subject else None

    @property
    def object_id(self) -> str | None:
        """The id of the object that it brings; of a summary of entitlements, the customer's."""
        if self.entitlements:
            return self.entitlements.customer_id
        subject = self.subscription or self.invoice or self.session or self.customer
        return subject.id if subject else None

    @property
    def incomplete(self) -> tuple[str, ...]:
        """What could not be read of the event's subscription; see there."""
        return self.subscription.incomplete if self.subscription else ()

    @property
    def customer_id(self) -> str | None:
        if self.customer:
            return self.customer.id
        subject = self.subscription or self.invoice or self.session or self.entitlements
        return subject.customer_id if subject else None


def parse_event(raw: Mapping[str, Any], selection: Selection = PLAIN) -> StripeEvent:
    """Read an EventBridge envelope or a bare Stripe event, of any Stripe API version.

    `raw` is parsed JSON: what EventBridge hands to Lambda, or a webhook's body. `selection` names the key of
    the metadata that holds the app's user id, of subscriptions, checkout sessions and customers, and what
    else an environment wants read. Events of types this library does not handle are read as far as their id,
    type and time.

    Raises:
        InvalidEventError: The event is malformed; `field` names where.

    Source: Stripe's event object, and the `detail` of Amazon EventBridge partner events.
    """
    if not isinstance(raw, Mapping):
        raise InvalidEventError("event", "must be an object")
    prefix = ""
    if "detail" in raw or "detail-type" in raw:
        prefix = "detail."
        detail = raw.get("detail")
        if not isinstance(detail, Mapping):
            raise InvalidEventError("detail", "must be the Stripe event, an object")
        raw = detail
    here = prefix.removesuffix(".") or "event"
    head = StripeEvent(
        id=text(raw, "id", here),
        type=text(raw, "type", here),
        created=_created(raw, here),
        livemode=optional_boolean(raw, "livemode", here),
        # An organisation's events have a context, the way to the account; Connect's have an account too.
        account=optional_text(raw, "context", here) or optional_text(raw, "account", here),
    )
    if head.is_ping:
        destination = optional_object(raw, "related_object", here) or {}
        return attrs.evolve(head, destination_id=optional_text(destination, "id", f"{here}.related_object"))
    if head.is_generation_failure:
        return attrs.evolve(head, missed=read_missed(raw, here))
    is_thin = raw.get("object") == "v2.core.event"
    subject = SUBJECTS.get(head.plain_type if is_thin else head.type)
    if subject is None:
        return head
    if is_thin:
        snapshot_id = optional_text(raw, "snapshot_event", here)
        return attrs.evolve(head, related_id=_related_id(raw, here, subject), snapshot_id=snapshot_id)
    data = optional_object(raw, "data", here)
    body = optional_object(data, "object", f"{here}.data") if data else None
    if data is None or body is None:
        raise InvalidEventError(f"{here}.data.object", "must be an object, is missing")
    if optional_text(body, "object", f"{here}.data.object") not in {None, subject}:
        raise InvalidEventError(f"{here}.data.object.object", f"must be '{subject}' for this event type")
    return _with_object(head, subject, data | {"object": body}, f"{here}.data", selection)


def _related_id(raw: Mapping[str, Any], here: str, subject: Subject) -> str:
    path = f"{here}.related_object"
    related = optional_object(raw, "related_object", here)
    if related is None:
        raise InvalidEventError(path, "must be an object, is missing")
    if subject == "entitlements.active_entitlement_summary":
        return customer_of_related(related, path)
    if optional_text(related, "type", path) not in {None, subject}:
        raise InvalidEventError(f"{path}.type", f"must be '{subject}' for this event type")
    return text(related, "id", path)


def _with_object(
    head: StripeEvent, subject: Subject, data: dict[str, Any], path: str, selection: Selection
) -> StripeEvent:
    about = data["object"], f"{path}.object", selection
    if subject == "invoice":
        return attrs.evolve(head, invoice=read_invoice(*about))
    if subject == "checkout.session":
        return attrs.evolve(head, session=read_checkout_session(*about))
    if subject == "entitlements.active_entitlement_summary":
        return attrs.evolve(head, entitlements=_summary(data, path))
    rank = (CUSTOMER_EVENTS if subject == "customer" else SUBSCRIPTION_EVENTS)[head.type]
    previous = optional_object(data, "previous_attributes", path) if rank is Rank.UPDATED else None
    before_path = f"{path}.previous_attributes"
    if subject == "customer":
        customer = read_customer(*about)
        if previous:
            customer = with_former(customer, previous, before_path, selection)
        deleted = customer.deleted or rank is Rank.DELETED
        return attrs.evolve(head, customer=attrs.evolve(customer, deleted=deleted))
    subscription = read_subscription(*about)
    if rank is Rank.DELETED and not subscription.is_terminal:
        subscription = attrs.evolve(subscription, status="canceled")
    subscription = with_end(subscription, head.created)
    before = read_before(data["object"], previous, before_path, selection) if previous else None
    return attrs.evolve(head, subscription=subscription, before=before)


def _summary(data: dict[str, Any], path: str) -> EntitlementSummary:
    summary = read_summary(data["object"], f"{path}.object")
    previous = optional_object(data, "previous_attributes", path)
    return with_former_keys(summary, previous, f"{path}.previous_attributes") if previous else summary


def _created(raw: Mapping[str, Any], here: str) -> str:
    value = raw.get("created")
    if type(value) is int:
        return iso_time(value, f"{here}.created")
    if type(value) is str:  # API v2 events carry ISO-8601 text
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            return iso_time(math.floor(moment.timestamp()), f"{here}.created")
    raise InvalidEventError(f"{here}.created", "must be a Unix time in seconds, or ISO-8601 for API v2")
