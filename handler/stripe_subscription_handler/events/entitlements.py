"""A customer's active entitlements, as Stripe's summary tells them: lookup keys of features. Pure.

A summary has no id of its own: there is one for each customer. It lists ten entitlements at most.
"""

import re
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.fields import (
    objects_in_list,
    optional_boolean,
    optional_id,
    optional_object,
    optional_text,
    text,
)
from stripe_subscription_handler.value import Value

_CUSTOMER_PREFIX = "cus_"
_CUSTOMER_IN_QUERY = re.compile(r"[?&]customer=([^&#]+)")


@attrs.frozen(repr=False)
class EntitlementSummary(Value):
    """What this library keeps of a summary of active entitlements.

    Attributes:
        keys: The lookup keys of the features that the customer may use.
        is_whole: Whether these are all; Stripe lists ten at most and says that there are more.
        former_keys: The keys before an update; None where the event does not tell all of them.
    """

    customer_id: str
    keys: frozenset[str]
    is_whole: bool = True
    former_keys: frozenset[str] | None = None


def read_summary(source: Mapping[str, Any], path: str) -> EntitlementSummary:
    """Normalise a summary of active entitlements, which stands at `path` in the event.

    Raises:
        InvalidEventError: A field that must be there is missing, or one has the wrong type.

    Source: https://docs.stripe.com/api/entitlements/active-entitlement and the object
    `entitlements.active_entitlement_summary` of Stripe's OpenAPI description.
    """
    customer_id = optional_id(source, "customer", path)
    if customer_id is None:
        raise InvalidEventError(f"{path}.customer", "must be an id or an expanded object, is missing")
    listed = optional_object(source, "entitlements", path)
    if listed is None or listed.get("data") is None:
        # Read as an empty list, it would take every feature away.
        raise InvalidEventError(f"{path}.entitlements.data", "must be a list, is missing")
    has_more = optional_boolean(listed, "has_more", f"{path}.entitlements") or False
    elements = objects_in_list(source, "entitlements", path)
    keys = frozenset(
        text(element, "lookup_key", f"{path}.entitlements.data[{index}]")
        for index, element in enumerate(elements)
    )
    return EntitlementSummary(customer_id, keys, is_whole=not has_more)


def with_former_keys(
    summary: EntitlementSummary, previous: Mapping[str, Any], path: str
) -> EntitlementSummary:
    """Add which keys there were before, by the update's `previous_attributes`, which stand at `path`.

    The old list is whole, or the event does not tell what was before: of more than ten it shows the first.

    Raises:
        InvalidEventError: An old value has the wrong type.
    """
    listed = optional_object(previous, "entitlements", path)
    if not summary.is_whole or not listed or listed.get("data") is None or listed.get("has_more"):
        return summary
    keys = [
        optional_text(element, "lookup_key", f"{path}.entitlements.data[{index}]")
        for index, element in enumerate(objects_in_list(previous, "entitlements", path))
    ]
    known = frozenset(key for key in keys if key)
    return attrs.evolve(summary, former_keys=known) if all(keys) else summary


def customer_of_related(related: Mapping[str, Any], path: str) -> str:
    """The customer whose summary a thin event is about, by its `related_object`, which stands at `path`.

    Raises:
        InvalidEventError: It names no customer.

    Stripe does not document a related object for this event, and its client libraries (stripe-python 16.1)
    have none: a summary has no id. So this reads what can be meant: the customer, or a list of one's
    entitlements.
    """
    identifier = optional_text(related, "id", path)
    if identifier and identifier.startswith(_CUSTOMER_PREFIX):
        return identifier
    named = _CUSTOMER_IN_QUERY.search(optional_text(related, "url", path) or "")
    if named is None:
        raise InvalidEventError(path, "must name the customer whose entitlements changed")
    return named[1]
