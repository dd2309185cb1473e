"""EventBridge envelope or bare Stripe event → `StripeEvent`. Pure."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.event_types import (
    INVOICE_EVENTS,
    PING_EVENT,
    SUBSCRIPTION_EVENTS,
    Rank,
)
from stripe_subscription_handler.events.fields import (
    iso_time,
    optional_boolean,
    optional_object,
    optional_text,
    text,
)
from stripe_subscription_handler.events.invoices import Invoice, read_invoice
from stripe_subscription_handler.events.subscriptions import (
    Subscription,
    read_before,
    read_subscription,
    with_end,
)

DEFAULT_USER_ID_METADATA_KEY = "userId"


@attrs.frozen
class StripeEvent:
    """One Stripe event, normalised.

    Attributes:
        id: `evt_…`, the same in every delivery of the event.
        created: When it happened, ISO-8601 UTC, whole seconds.
        livemode: None where the event does not say.
        account: The connected account, for Connect events; else the context, in an organisation a path.
        subscription: The state after the event, for subscription events.
        before: The state before it, where `previous_attributes` tells.
        as_of: For a snapshot that took the event's place: the last second it surely includes, ISO-8601 UTC.
        related_id: For a thin event: the id of the object it is about, which must be fetched.
        fetched: For an invoice: its subscription, where Stripe was asked for it.
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
    as_of: str | None = None
    related_id: str | None = None
    fetched: Subscription | None = None
    destination_id: str | None = None

    @property
    def is_ping(self) -> bool:
        """Whether it only tests the way from Stripe to here."""
        return self.type == PING_EVENT

    @property
    def plain_type(self) -> str:
        """The type without the `v1.` of thin events."""
        return self.type.removeprefix("v1.")

    @property
    def is_about_invoice(self) -> bool:
        return self.plain_type in INVOICE_EVENTS

    @property
    def user_id(self) -> str | None:
        """The user the event itself names."""
        subject = self.subscription or self.invoice
        return subject.user_id if subject else None

    @property
    def subscription_id(self) -> str | None:
        if self.subscription:
            return self.subscription.id
        return self.invoice.subscription_id if self.invoice else None

    @property
    def customer_id(self) -> str | None:
        subject = self.subscription or self.invoice
        return subject.customer_id if subject else None


def parse_event(
    raw: Mapping[str, Any], *, user_id_metadata_key: str = DEFAULT_USER_ID_METADATA_KEY
) -> StripeEvent:
    """Read an EventBridge envelope or a bare Stripe event, of any Stripe API version.

    `raw` is parsed JSON: what EventBridge hands to Lambda, or a webhook's body. `user_id_metadata_key` names
    the key of the subscription's metadata that holds the app's user id. Events of types this library does not
    handle are read as far as their id, type and time.

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
        # Events of an organisation have a context; only those of Connect have an account as well.
        account=optional_text(raw, "account", here) or optional_text(raw, "context", here),
    )
    if head.is_ping:
        destination = optional_object(raw, "related_object", here) or {}
        return attrs.evolve(head, destination_id=optional_text(destination, "id", f"{here}.related_object"))
    is_thin = raw.get("object") == "v2.core.event"
    handled_type = head.plain_type if is_thin else head.type
    if handled_type not in SUBSCRIPTION_EVENTS and handled_type not in INVOICE_EVENTS:
        return head
    if is_thin:
        related_id = _related_id(raw, here, is_invoice=head.is_about_invoice)
        return attrs.evolve(head, related_id=related_id)
    data = optional_object(raw, "data", here)
    body = optional_object(data, "object", f"{here}.data") if data else None
    if data is None or body is None:
        raise InvalidEventError(f"{here}.data.object", "must be an object, is missing")
    if head.type in INVOICE_EVENTS:
        path = f"{here}.data.object"
        _expect_object(body, "invoice", path)
        return attrs.evolve(head, invoice=read_invoice(body, path, user_id_metadata_key))
    return _with_subscription(head, data, body, f"{here}.data", user_id_metadata_key)


def _related_id(raw: Mapping[str, Any], here: str, *, is_invoice: bool) -> str:
    path = f"{here}.related_object"
    related = optional_object(raw, "related_object", here)
    if related is None:
        raise InvalidEventError(path, "must be an object, is missing")
    wanted = "invoice" if is_invoice else "subscription"
    if optional_text(related, "type", path) not in {None, wanted}:
        raise InvalidEventError(f"{path}.type", f"must be '{wanted}' for this event type")
    return text(related, "id", path)


def _with_subscription(
    head: StripeEvent, data: dict[str, Any], body: dict[str, Any], path: str, user_id_metadata_key: str
) -> StripeEvent:
    _expect_object(body, "subscription", f"{path}.object")
    subscription = read_subscription(body, f"{path}.object", user_id_metadata_key)
    rank = SUBSCRIPTION_EVENTS[head.type]
    if rank is Rank.DELETED and not subscription.is_terminal:
        subscription = attrs.evolve(subscription, status="canceled")
    subscription = with_end(subscription, head.created)
    before = None
    if rank is Rank.UPDATED:
        previous = optional_object(data, "previous_attributes", path)
        if previous:
            before = read_before(body, previous, f"{path}.previous_attributes", user_id_metadata_key)
    return attrs.evolve(head, subscription=subscription, before=before)


def _expect_object(body: Mapping[str, Any], name: str, path: str) -> None:
    found = optional_text(body, "object", path)
    if found not in {None, name}:
        raise InvalidEventError(f"{path}.object", f"must be '{name}' for this event type")


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
