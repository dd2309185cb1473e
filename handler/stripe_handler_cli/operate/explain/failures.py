"""Events of a user that failed and that nothing has put right since. Pure."""

from collections.abc import Iterator, Sequence

import attrs

from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.function_log.lines import ERROR


@attrs.frozen
class Failure:
    """An event whose last attempt failed."""

    last: LogLine
    attempts: int


def failures(lines: Sequence[LogLine], user_id: str) -> Iterator[Failure]:
    """The user's failed events, by the lines about the user in order of time."""
    failed: dict[str, list[LogLine]] = {}
    for line in lines:
        if line.event_id is None:
            continue
        if line.decision != ERROR:
            failed.pop(line.event_id, None)
        elif line.user_id in {user_id, None}:
            failed.setdefault(line.event_id, []).append(line)
    for attempts in failed.values():
        yield Failure(attempts[-1], len(attempts))
