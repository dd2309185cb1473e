"""What the function itself can be asked: inputs of our own that are no Stripe events. A table and its lookup.

Such an input is `{"stripe-subscription-handler": NAME}` and nothing else. It can only come from somebody who
may invoke the function, or from a schedule of this stack: what EventBridge delivers of Stripe's has a
`detail-type` and a `detail`, a bare Stripe event has an `id`, and neither has this key. No operation may
change a profile.
"""

from collections.abc import Callable, Mapping
from typing import Any

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.logger import Log
from stripe_subscription_handler.store import Store

OPERATION_KEY = "stripe-subscription-handler"
COUNT_PARKED = "count-parked"
SELF_CHECK = "self-check"


def _count_parked(store: Store, log: Log) -> dict[str, Any]:
    from stripe_subscription_handler.parked_count import answer  # noqa: PLC0415 - no event needs it

    return answer(store, log)


def _self_check(store: Store, _log: Log) -> dict[str, Any]:
    from stripe_subscription_handler.self_check import self_check  # noqa: PLC0415 - no event needs it

    return self_check(store)


OPERATIONS: Mapping[str, Callable[[Store, Log], dict[str, Any]]] = {
    COUNT_PARKED: _count_parked,
    SELF_CHECK: _self_check,
}
"""Name → what does it. `log` writes data for metrics, at any log level."""


def is_operation(raw: object) -> bool:
    """Whether an input asks for an operation, instead of being an event."""
    return isinstance(raw, Mapping) and set(raw) == {OPERATION_KEY}


def perform(raw: Mapping[str, Any], store: Store, log: Log) -> dict[str, Any]:
    """Do what was asked.

    Returns:
        What the operation found, ready for JSON.

    Raises:
        InvalidEventError: There is no operation of that name.
    """
    name = raw[OPERATION_KEY]
    operation = OPERATIONS.get(name) if isinstance(name, str) else None
    if operation is None:
        raise InvalidEventError(OPERATION_KEY, f"must be one of {', '.join(OPERATIONS)}")
    return operation(store, log)
