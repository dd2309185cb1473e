"""A Stripe invoice of any API version, normalised. Pure.

An invoice names its subscription in one of four places, by age of the shape: `parent.subscription_details`
(2025-03-31.basil on), `subscription`, a line's `parent.subscription_item_details`, and a line's
`subscription` or own `id`. An invoice that names none is a one-off invoice.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.fields import (
    metadata_value,
    objects_in_list,
    optional_id,
    optional_integer,
    optional_object,
    optional_text,
    optional_time,
    text,
)
from stripe_subscription_handler.events.subscriptions import read_expanded_user_id


@attrs.frozen
class Invoice:
    """What this library keeps of a Stripe invoice. Times are ISO-8601 UTC, amounts are minor units.

    Attributes:
        subscription_id: The subscription it bills, or None for a one-off invoice.
        user_id: The user named by the snapshot of the subscription's metadata.
        created: `created`, else `date` (shapes before 2019).
        currency: Three-letter code in lower case.
        attempt_count: Attempts to collect so far.
    """

    id: str
    subscription_id: str | None
    customer_id: str | None
    user_id: str | None
    created: str
    paid_at: str | None
    amount_paid: int | None
    amount_due: int | None
    currency: str | None
    attempt_count: int | None
    next_payment_attempt: str | None


def read_invoice(source: Mapping[str, Any], path: str, user_id_metadata_key: str) -> Invoice:
    """Normalise a Stripe invoice object, which stands at `path` in the event.

    Raises:
        InvalidEventError: A field that must be there is missing, or one has the wrong type.
    """
    created = optional_time(source, "created", path) or optional_time(source, "date", path)
    if created is None:
        raise InvalidEventError(f"{path}.created", "must be a Unix time in seconds, is missing")
    subscription_id = user_id = None
    for found_id, found_user in _mentions(source, path, user_id_metadata_key):
        # Lines may bill several subscriptions; the first one named is the invoice's own.
        if found_id is not None and subscription_id is None:
            subscription_id = found_id
        if found_user is not None and found_id in {None, subscription_id}:
            user_id = found_user
        if subscription_id is not None and user_id is not None:
            break
    transitions = optional_object(source, "status_transitions", path)
    return Invoice(
        id=text(source, "id", path),
        subscription_id=subscription_id,
        customer_id=optional_id(source, "customer", path),
        user_id=user_id,
        created=created,
        paid_at=optional_time(transitions, "paid_at", f"{path}.status_transitions") if transitions else None,
        amount_paid=optional_integer(source, "amount_paid", path),
        amount_due=optional_integer(source, "amount_due", path),
        currency=optional_text(source, "currency", path),
        attempt_count=optional_integer(source, "attempt_count", path),
        next_payment_attempt=optional_time(source, "next_payment_attempt", path),
    )


def _mentions(source: Mapping[str, Any], path: str, key: str) -> Iterator[tuple[str | None, str | None]]:
    """Every place that may name the subscription or its user, best first, as (subscription, user)."""
    parent = optional_object(source, "parent", path)
    details = optional_object(parent, "subscription_details", f"{path}.parent") if parent else None
    if details:
        details_path = f"{path}.parent.subscription_details"
        yield (
            optional_id(details, "subscription", details_path),
            metadata_value(details, key, details_path)
            or read_expanded_user_id(details, "subscription", details_path, key),
        )
    old_details = optional_object(source, "subscription_details", path)
    yield (
        optional_id(source, "subscription", path),
        (metadata_value(old_details, key, f"{path}.subscription_details") if old_details else None)
        or read_expanded_user_id(source, "subscription", path, key),
    )
    for index, line in enumerate(objects_in_list(source, "lines", path)):
        line_path = f"{path}.lines.data[{index}]"
        line_subscription = _line_subscription(line, line_path)
        if line_subscription is not None:
            # Stripe copies the subscription's metadata to the lines that bill it.
            yield line_subscription, metadata_value(line, key, line_path)


def _line_subscription(line: Mapping[str, Any], path: str) -> str | None:
    parent = optional_object(line, "parent", path)
    details = optional_object(parent, "subscription_item_details", f"{path}.parent") if parent else None
    if parent:
        # A line that an invoice item generated (a proration, say) may stand on a one-off invoice as well.
        if not details or details.get("invoice_item") is not None:
            return None
        return optional_id(details, "subscription", f"{path}.parent.subscription_item_details")
    kind = optional_text(line, "type", path)
    if kind not in {None, "subscription"}:
        # An invoice item may stand on a one-off invoice although a subscription caused it (a proration).
        return None
    found = optional_id(line, "subscription", path)
    if found is None and kind == "subscription":
        line_id = optional_text(line, "id", path)
        found = line_id if line_id and line_id.startswith("sub_") else None
    return found
