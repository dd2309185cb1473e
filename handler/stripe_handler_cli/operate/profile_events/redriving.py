"""Gives lost changes to the function again, message by message, and deletes each whose changes are told."""

import enum
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.profile_events.messages import LostChanges
from stripe_handler_cli.operate.profile_events.queue import LostQueue
from stripe_handler_cli.operate.profile_events.stream import ExpiredError
from stripe_subscription_handler.operations.names import OPERATION_KEY, TELL_AGAIN

_RECORDS = 50
_BYTES = 4_000_000
"""Lambda takes 6 MB of a synchronous invocation; a record has up to 800 KB."""


class Outcome(enum.StrEnum):
    """What became of a message."""

    TOLD = "told"
    WOULD_BE_TOLD = "would be told"
    NOT_TOLD = "not told"
    EXPIRED = "expired"
    UNREADABLE = "unreadable"


@attrs.frozen
class Result:
    """A message, what became of it, why, and whether it is deleted."""

    lost: LostChanges
    outcome: Outcome
    why: str = ""
    is_deleted: bool = False


Invoke = Callable[[dict[str, Any]], str | None]
"""Gives a batch to the function; returns why it is not told, or None."""


def redrive(
    queue: LostQueue,
    records_of: Callable[[LostChanges], Iterable[dict[str, Any]]],
    invoke: Invoke | None,
    *,
    drops_expired: bool,
) -> Iterator[Result]:
    """Go through a queue.

    Args:
        queue: The queue, inside its `with` block.
        records_of: Reads records of the stream; raises `ExpiredError`.
        invoke: None only looks what would be told.
        drops_expired: Whether messages whose changes are gone are deleted.
    """
    for lost in queue:
        result = _send(lost, records_of, invoke)
        drops = drops_expired and invoke is not None and result.outcome is Outcome.EXPIRED
        if result.outcome is Outcome.TOLD or drops:
            queue.remove(lost)
            result = attrs.evolve(result, is_deleted=True)
        yield result


def _send(
    lost: LostChanges,
    records_of: Callable[[LostChanges], Iterable[dict[str, Any]]],
    invoke: Invoke | None,
) -> Result:
    if not lost.is_readable:
        return Result(lost, Outcome.UNREADABLE, "the message names no place in a stream")
    try:
        for batch in _batches(records_of(lost)):
            why = None if invoke is None else invoke({"Records": batch, OPERATION_KEY: TELL_AGAIN})
            if why is not None:
                return Result(lost, Outcome.NOT_TOLD, why)
    except ExpiredError as error:
        return Result(lost, Outcome.EXPIRED, str(error))
    return Result(lost, Outcome.WOULD_BE_TOLD if invoke is None else Outcome.TOLD)


def _batches(records: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size = 0
    for record in records:
        length = len(json.dumps(record).encode())
        if batch and (len(batch) == _RECORDS or size + length > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += length
    if batch:
        yield batch


def invoker(client: Any, function_name: str) -> Invoke:
    """Give batches to the deployed function, synchronously."""

    def invoke(event: dict[str, Any]) -> str | None:
        answer = client.invoke(
            FunctionName=function_name, InvocationType="RequestResponse", Payload=json.dumps(event).encode()
        )
        body = json.loads(answer["Payload"].read() or b"null")
        if answer.get("FunctionError"):
            kind = body.get("errorType") if isinstance(body, dict) else None
            return f"the function failed: {kind or answer['FunctionError']}"
        if not isinstance(body, dict) or "batchItemFailures" not in body:
            raise CliError(f"The function {function_name} is not that of the profile events.")
        failures = body["batchItemFailures"]
        return "the function could not tell them; its log says why" if failures else None

    return invoke
