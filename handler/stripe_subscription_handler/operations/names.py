"""What the function can be asked: inputs of our own that are no Stripe events, by name. Pure.

Such an input is `{"stripe-subscription-handler": NAME}`, with the operation's arguments beside it. It can
only come from somebody who may invoke the function, or from a schedule of this stack: what EventBridge
delivers of Stripe's has a `detail-type` and a `detail`, a bare Stripe event has an `id` and a `type`, and
neither has this key.
"""

from collections.abc import Mapping

OPERATION_KEY = "stripe-subscription-handler"
COUNT_PARKED = "count-parked"
SELF_CHECK = "self-check"
SYNC = "sync"
TELL_AGAIN = "tell-again"
"""Stands beside records that an operator gives to the profile events again; the handler does not know it."""
COUNT_PARKED_REQUEST = {OPERATION_KEY: COUNT_PARKED}
"""What the schedule sends; `terraform/modules/parked_count` holds the same words."""
_OF_EVENTS = frozenset({"detail", "detail-type", "id", "type"})


def is_operation(raw: object) -> bool:
    """Whether an input asks for an operation, instead of being an event."""
    return isinstance(raw, Mapping) and OPERATION_KEY in raw and _OF_EVENTS.isdisjoint(raw)
