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
from stripe_subscription_handler.events.selection import Selection
from stripe_subscription_handler.events.subscriptions import read_expanded_user_id
from stripe_subscription_handler.value import Value


@attrs.frozen(repr=False)
class Invoice(Value):
    """What this library keeps of a Stripe invoice. Times are ISO-8601 UTC, amounts are minor units.

    Attributes:
        subscription_id: The subscription it bills, or None for a one-off invoice.
        user_id: The user named by the snapshot of the subscription's metadata.
        created: `created`, else `date` (shapes before 2019).
        status: Stripe's own word; None in shapes before 2018.
        voided_at: When it was voided, as `uncollectible_at` is when it was marked uncollectible.
        total: What it asks for before credits, so zero or less where nothing is due.
        currency: Three-letter code in lower case.
        attempt_count: Attempts to collect so far.
        product_ids: Products that its lines bill, where `Selection.reads_products` asks for them; None where
            its lines do not tell all of them.
        metadata: As a `Subscription` has it, by the invoice's copy; None where the invoice has no copy.
    """

    id: str
    subscription_id: str | None
    customer_id: str | None
    user_id: str | None
    created: str
    status: str | None = None
    paid_at: str | None = None
    voided_at: str | None = None
    uncollectible_at: str | None = None
    total: int | None = None
    amount_paid: int | None = None
    amount_due: int | None = None
    currency: str | None = None
    attempt_count: int | None = None
    next_payment_attempt: str | None = None
    product_ids: frozenset[str] | None = None
    metadata: tuple[tuple[str, str | None], ...] | None = None

    @property
    def asks_for_nothing(self) -> bool:
        """Whether it is no payment: of a trial's start, of a credit."""
        return self.total is not None and self.total <= 0


def read_invoice(source: Mapping[str, Any], path: str, selection: Selection) -> Invoice:
    """Normalise a Stripe invoice object, which stands at `path` in the event.

    Raises:
        InvalidEventError: A field that must be there is missing, or one has the wrong type.
    """
    created = optional_time(source, "created", path) or optional_time(source, "date", path)
    if created is None:
        raise InvalidEventError(f"{path}.created", "must be a Unix time in seconds, is missing")
    subscription_id = user_id = None
    for found_id, found_user in _mentions(source, path, selection.user_id_metadata_key):
        # Lines may bill several subscriptions; the first one named is the invoice's own.
        if found_id is not None and subscription_id is None:
            subscription_id = found_id
        if found_user is not None and found_id in {None, subscription_id}:
            user_id = found_user
        if subscription_id is not None and user_id is not None:
            break
    transitions = optional_object(source, "status_transitions", path) or {}
    transitions_path = f"{path}.status_transitions"
    return Invoice(
        id=text(source, "id", path),
        subscription_id=subscription_id,
        customer_id=optional_id(source, "customer", path),
        user_id=user_id,
        created=created,
        status=optional_text(source, "status", path) or None,
        paid_at=optional_time(transitions, "paid_at", transitions_path),
        voided_at=optional_time(transitions, "voided_at", transitions_path),
        uncollectible_at=optional_time(transitions, "marked_uncollectible_at", transitions_path),
        total=optional_integer(source, "total", path),
        amount_paid=optional_integer(source, "amount_paid", path),
        amount_due=optional_integer(source, "amount_due", path),
        currency=optional_text(source, "currency", path),
        attempt_count=optional_integer(source, "attempt_count", path),
        next_payment_attempt=optional_time(source, "next_payment_attempt", path),
        product_ids=_products(source, path) if selection.reads_products else None,
        metadata=_metadata(source, path, selection.metadata_keys) if selection.metadata_keys else None,
    )


def _products(source: Mapping[str, Any], path: str) -> frozenset[str] | None:
    lines = optional_object(source, "lines", path) or {}
    found: set[str] = set()
    for index, line in enumerate(objects_in_list(source, "lines", path)):
        product_id = _line_product(line, f"{path}.lines.data[{index}]")
        if product_id is None:
            return None
        found.add(product_id)
    return None if lines.get("has_more") or not found else frozenset(found)


def _line_product(line: Mapping[str, Any], path: str) -> str | None:
    pricing = optional_object(line, "pricing", path) or {}
    details = optional_object(pricing, "price_details", f"{path}.pricing")
    if details:
        return optional_id(details, "product", f"{path}.pricing.price_details")
    for key in ("price", "plan"):
        if isinstance(line.get(key), dict):
            return optional_id(line[key], "product", f"{path}.{key}")
    return None


def _metadata(
    source: Mapping[str, Any], path: str, keys: tuple[str, ...]
) -> tuple[tuple[str, str | None], ...] | None:
    parent = optional_object(source, "parent", path) or {}
    for holder, where in ((parent, f"{path}.parent"), (source, path)):
        details = optional_object(holder, "subscription_details", where)
        if details and isinstance(details.get("metadata"), dict):
            return tuple((key, metadata_value(details, key, f"{where}.subscription_details")) for key in keys)
    return None


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
