"""Does what the function was asked: a table of the operations by name.

Handling an event loads this module and none of the operations.
"""

from collections.abc import Callable, Mapping
from typing import Any

from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.loggable import loggable
from stripe_subscription_handler.logger import Log
from stripe_subscription_handler.operations.names import COUNT_PARKED, OPERATION_KEY, SELF_CHECK, SYNC

Arguments = Mapping[str, Any]
"""What stands beside the operation's name, as it came."""


def _count_parked(arguments: Arguments, store: Store, log: Log) -> dict[str, Any]:
    from stripe_subscription_handler.operations.parked_count import answer  # noqa: PLC0415 - no event needs it

    _takes_none(arguments)
    return answer(store, log)


def _self_check(arguments: Arguments, store: Store, _log: Log) -> dict[str, Any]:
    from stripe_subscription_handler.operations.self_check import self_check  # noqa: PLC0415 - no event needs it

    _takes_none(arguments)
    return self_check(store)


def _sync(arguments: Arguments, store: Store, log: Log) -> dict[str, Any]:
    from stripe_subscription_handler.operations.sync import sync  # noqa: PLC0415 - no event needs it

    return sync(arguments, store, log)


OPERATIONS: Mapping[str, Callable[[Arguments, Store, Log], dict[str, Any]]] = {
    COUNT_PARKED: _count_parked,
    SELF_CHECK: _self_check,
    SYNC: _sync,
}
"""Name → what does it. `log` writes data for metrics, at any log level."""


def perform(raw: Mapping[str, Any], store: Store, log: Log) -> dict[str, Any]:
    """Do what was asked, and return what the operation found, ready for JSON.

    Raises:
        InvalidEventError: There is no operation of that name, or it does not take such an argument.
    """
    name = raw[OPERATION_KEY]
    operation = OPERATIONS.get(name) if isinstance(name, str) else None
    if operation is None:
        raise InvalidEventError(OPERATION_KEY, f"must be one of {', '.join(OPERATIONS)}")
    return operation({key: value for key, value in raw.items() if key != OPERATION_KEY}, store, log)


def _takes_none(arguments: Arguments) -> None:
    for name in sorted(map(str, arguments)):
        raise InvalidEventError(loggable(name) or "", "is no argument of this operation, which has none")
