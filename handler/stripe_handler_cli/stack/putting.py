"""Puts entries on a bus, as many as EventBridge takes at once, and tells when one is refused."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stripe_handler_cli.common.errors import CliError

_BATCH = 10


def put_all(put: Callable[..., Any], entries: Sequence[Mapping[str, Any]]) -> None:
    """Put entries, in order.

    Args:
        put: A client's `put_events` or `put_partner_events`.
        entries: What it takes.

    Raises:
        CliError: EventBridge refused one.
    """
    for start in range(0, len(entries), _BATCH):
        answer = put(Entries=list(entries[start : start + _BATCH]))
        if answer["FailedEntryCount"]:
            refused = next(entry for entry in answer["Entries"] if entry.get("ErrorCode"))
            raise CliError(f"EventBridge refused an event: {refused['ErrorCode']}: {refused['ErrorMessage']}")
