"""What Stripe failed to tell: the event that it could not generate, and which object that was about. Pure.

Stripe says so with a thin event of its own, which holds its `data` only once it was fetched. The address in
it may be one of the dashboard, so the object is known by its kind and id alone.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.entitlements import customer_of_related
from stripe_subscription_handler.events.fields import optional_object, optional_text
from stripe_subscription_handler.value import Value

_SUMMARY = "entitlements.active_entitlement_summary"


@attrs.frozen(repr=False)
class Missed(Value):
    """An event that Stripe failed to generate.

    Attributes:
        event_type: The type that it would have had.
        kind: Stripe's word for the kind of object that it would have been about.
        object_id: That object's id, of a summary of entitlements the customer's; None where none is named.
        account: The account that it is of, where Stripe names one; the context of a request about it.
    """

    event_type: str | None
    kind: str | None
    object_id: str | None
    account: str | None


def read_missed(event: Mapping[str, Any], path: str) -> Missed | None:
    """Read what the event, which stands at `path`, says; None without `data`, as when it is delivered.

    Raises:
        InvalidEventError: A field has the wrong type.

    Source: https://docs.stripe.com/webhooks/handle-irrecoverable-events
    """
    data = optional_object(event, "data", path) or {}
    impact = optional_object(data, "impact", f"{path}.data")
    if impact is None:
        return None
    here = f"{path}.data.impact"
    there = f"{here}.related_object"
    related = optional_object(impact, "related_object", here) or {}
    kind = optional_text(related, "type", there)
    return Missed(
        event_type=optional_text(impact, "event_type", here),
        kind=kind,
        object_id=_customer(related, there) if kind == _SUMMARY else optional_text(related, "id", there),
        account=optional_text(impact, "context", here),
    )


def _customer(related: Mapping[str, Any], path: str) -> str | None:
    try:
        return customer_of_related(related, path)
    except InvalidEventError:
        return None
