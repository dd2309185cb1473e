"""Does what the function was asked: a table of the operations by name.

Handling an event loads this module and none of the operations. No operation changes a profile.
"""

from collections.abc import Callable, Mapping
from typing import Any

from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.logger import Log
from stripe_subscription_handler.operations.names import COUNT_PARKED, OPERATION_KEY, SELF_CHECK


def _count_parked(store: Store, log: Log) -> dict[str, Any]:
    from stripe_subscription_handler.operations.parked_count import answer  # noqa: PLC0415 - no event needs it

    return answer(store, log)


def _self_check(store: Store, _log: Log) -> dict[str, Any]:
    from stripe_subscription_handler.operations.self_check import self_check  # noqa: PLC0415 - no event needs it

    return self_check(store)


OPERATIONS: Mapping[str, Callable[[Store, Log], dict[str, Any]]] = {
    COUNT_PARKED: _count_parked,
    SELF_CHECK: _self_check,
}
"""Name → what does it. `log` writes data for metrics, at any log level."""


def perform(raw: Mapping[str, Any], store: Store, log: Log) -> dict[str, Any]:
    """Do what was asked, and return what the operation found, ready for JSON.

    Raises:
        InvalidEventError: There is no operation of that name.
    """
    name = raw[OPERATION_KEY]
    operation = OPERATIONS.get(name) if isinstance(name, str) else None
    if operation is None:
        raise InvalidEventError(OPERATION_KEY, f"must be one of {', '.join(OPERATIONS)}")
    return operation(store, log)
