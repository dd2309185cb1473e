"""A Stripe subscription of any API version, normalised. Pure.

What is there decides how a field is read, never `api_version`: some payloads claim one version and carry the
shape of another. The same reader serves events and the state before an event (`previous_attributes`).
"""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.fields import (
    metadata_value,
    optional_boolean,
    optional_id,
    optional_object,
    optional_text,
    optional_time,
    text,
)
from stripe_subscription_handler.events.own_attributes import evaluated
from stripe_subscription_handler.events.selection import Selection
from stripe_subscription_handler.events.subscription_items import SubscriptionItem, read_items
from stripe_subscription_handler.value import Value

TERMINAL_STATUSES = frozenset({"canceled", "incomplete_expired"})
"""Statuses a Stripe subscription never leaves."""

ITEMS = "items"
DEEPEST = 50
"""Deepest nesting of `previous_attributes` that is read; Stripe's objects have fewer than ten levels."""
_CONTAINERS = (dict, list)


@attrs.frozen(repr=False)
class Subscription(Value):
    """What this library keeps of a Stripe subscription. All times are ISO-8601 UTC strings.

    Attributes:
        status: Stripe's own word, unknown future words included.
        user_id: The user named by the metadata; once stored, the owner.
        created: `created`, else `start_date`, else `start` (2014 shapes have only the last).
        ended: `ended_at` where Stripe has set it.
        items: What it sells, in Stripe's order, without deleted items.
        current_period_start: Start of the period that `current_period_end` ends.
        current_period_end: The subscription's own, else the latest over its items (2025-03-31.basil on).
        latest_period_start: The latest over its items.
        canceled_at: When the cancellation was asked for.
        cancel_at_period_end: Also true when `cancel_at` is the period's end: a portal cancel under flexible
            billing (2025-09-30.clover on) sets only that.
        pause_collection: What becomes of the invoices while their collection is paused, Stripe's word; None
            where it is not.
        pause_resumes_at: When the collection goes on, where that is set.
        metadata: The keys of `Selection.metadata_keys` with their values; None where one is not set.
        own: What `Selection.expressions` give, as canonical JSON text; None where they give nothing.
        incomplete: What could not be read of it: `items` where Stripe embeds only the first ones, and the
            names of own attributes.
    """

    id: str
    customer_id: str
    status: str
    user_id: str | None
    created: str
    ended: str | None = None
    items: tuple[SubscriptionItem, ...] = ()
    current_period_start: str | None = None
    current_period_end: str | None = None
    latest_period_start: str | None = None
    trial_end: str | None = None
    cancel_at: str | None = None
    canceled_at: str | None = None
    cancel_at_period_end: bool = False
    pause_collection: str | None = None
    pause_resumes_at: str | None = None
    metadata: tuple[tuple[str, str | None], ...] = ()
    own: str | None = None
    incomplete: tuple[str, ...] = attrs.field(default=(), eq=False)

    @property
    def has_more_items(self) -> bool:
        """Whether it has items that Stripe did not embed."""
        return ITEMS in self.incomplete

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL_STATUSES


def read_subscription(source: Mapping[str, Any], path: str, selection: Selection) -> Subscription:
    """Normalise a Stripe subscription object, which stands at `path` in the event.

    Raises:
        InvalidEventError: A field that must be there is missing, or one has the wrong type.
    """
    customer_id = optional_id(source, "customer", path)
    if customer_id is None:
        raise InvalidEventError(f"{path}.customer", "must be an id or an expanded object, is missing")
    created = next(
        (t for key in ("created", "start_date", "start") if (t := optional_time(source, key, path))), None
    )
    if created is None:
        raise InvalidEventError(f"{path}.created", "must be a Unix time in seconds, is missing")
    items, periods, has_more = read_items(source, path)
    cancel_at = optional_time(source, "cancel_at", path)
    cancel_at_period_end = optional_boolean(source, "cancel_at_period_end", path) or (
        cancel_at is not None and cancel_at == periods.end
    )
    pause = optional_object(source, "pause_collection", path) or {}
    own, failed = evaluated(source, selection.expressions)
    return Subscription(
        id=text(source, "id", path),
        customer_id=customer_id,
        status=text(source, "status", path),
        user_id=metadata_value(source, selection.user_id_metadata_key, path),
        created=created,
        ended=optional_time(source, "ended_at", path),
        items=items,
        current_period_start=periods.start,
        current_period_end=periods.end,
        latest_period_start=periods.latest_start,
        trial_end=optional_time(source, "trial_end", path),
        cancel_at=cancel_at,
        canceled_at=optional_time(source, "canceled_at", path),
        cancel_at_period_end=cancel_at_period_end,
        pause_collection=optional_text(pause, "behavior", f"{path}.pause_collection") or None,
        pause_resumes_at=optional_time(pause, "resumes_at", f"{path}.pause_collection"),
        metadata=tuple((key, metadata_value(source, key, path)) for key in selection.metadata_keys),
        own=own,
        incomplete=((ITEMS,) if has_more else ()) + failed,
    )


def with_end(subscription: Subscription, fallback: str) -> Subscription:
    """Give a dead subscription an end where Stripe names none: the cancellation, else the time given."""
    if subscription.is_terminal and subscription.ended is None:
        return attrs.evolve(subscription, ended=subscription.canceled_at or fallback)
    return subscription


def read_before(
    source: Mapping[str, Any], previous: Mapping[str, Any], path: str, selection: Selection
) -> Subscription:
    """Normalise the state before an update: the object with `previous_attributes` laid over it.

    Stripe lists in `previous_attributes` the old values of what changed; nested objects hold only their
    changed keys, lists are whole, and a null stands for "was not set".

    Raises:
        InvalidEventError: An old value has the wrong type.
    """
    if _is_deeper(previous, DEEPEST):
        raise InvalidEventError(path, f"must not be nested more than {DEEPEST} levels deep")
    return read_subscription(_overlaid(source, previous), path, selection)


def _is_deeper(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        # The types are exactly JSON's. This looks at every value, so it is what parsing spends most on.
        layer = [
            child
            for node in layer
            for child in (node.values() if type(node) is dict else node)
            if type(child) in _CONTAINERS
        ]
        if not layer:
            return False
    return True


def _overlaid(now: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(now)
    for key, value in old.items():
        current = merged.get(key)
        if key == "metadata" and isinstance(value, dict) and isinstance(current, dict):
            merged[key] = {**current, **value}
        elif key == "data" and isinstance(value, list) and isinstance(current, list):
            merged[key] = _overlaid_elements(current, value)
        else:
            merged[key] = _overlaid_value(current, value)
    return merged


def _overlaid_value(now: Any, old: Any) -> Any:
    # Only a whole object says what kind it is: the kind never changes, so no list of changed keys has it.
    if isinstance(now, dict) and isinstance(old, dict) and "object" not in old:
        return _overlaid(now, old)
    return old


def _overlaid_elements(now: list[Any], old: list[Any]) -> list[Any]:
    # Until API version 2017-04-06 the elements hold only their changed keys, often without an id.
    elements = []
    for index, element in enumerate(old):
        identifier = element.get("id") if isinstance(element, dict) else None
        same = (
            one
            for one in now
            if isinstance(one, dict) and identifier is not None and one.get("id") == identifier
        )
        at_index = now[index] if index < len(now) and identifier is None else None
        elements.append(_overlaid_value(next(same, at_index), element))
    return elements


def read_expanded_user_id(
    source: Mapping[str, Any], key: str, path: str, user_id_metadata_key: str
) -> str | None:
    """Read the user from the metadata of a subscription that stands expanded in another object."""
    if not isinstance(source.get(key), dict):
        return None
    expanded = optional_object(source, key, path)
    return metadata_value(expanded, user_id_metadata_key, f"{path}.{key}") if expanded else None
