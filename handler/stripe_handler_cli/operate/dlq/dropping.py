"""Takes messages out of the queues for good: copies them to a file, asks, and deletes what is in the file.

Two passes, because asking takes its time: nothing is held meanwhile, and the second pass deletes with good
receipts, and only what the first has copied.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

import attrs

from stripe_handler_cli.operate.dlq.dropped_file import as_line, new_file
from stripe_handler_cli.operate.dlq.queues import Pass, Queue
from stripe_handler_cli.operate.dlq.selection import Selection


@attrs.define
class Copy:
    """What of one queue is in the file.

    Attributes:
        queue: The queue.
        in_flight: How many messages others held, so that they could not be looked at.
        message_ids: The messages.
        error_types: How many of each error type.
        found: The ids asked for that are among them.
    """

    queue: Queue
    in_flight: int
    message_ids: set[str] = attrs.field(factory=set)
    error_types: Counter[str] = attrs.field(factory=Counter)
    found: set[str] = attrs.field(factory=set)


@attrs.frozen
class Dropped:
    """What was dropped.

    Attributes:
        chosen: How many messages were chosen.
        dropped: How many of them SQS has deleted; the others are held by somebody, or gone.
        file: Where all the chosen ones are; None where nothing was to be dropped.
        missing: The ids asked for of which nothing was found.
        held_by_others: How many messages could not be looked at.
    """

    chosen: int
    dropped: int
    file: Path | None
    missing: tuple[str, ...]
    held_by_others: int


def drop(
    queues: Sequence[Queue], selection: Selection, path: Path, confirm: Callable[[Counter[str]], bool]
) -> Dropped:
    """Drop the chosen messages.

    Args:
        queues: Where to look.
        selection: What to drop.
        path: A new file for what is dropped; gone again where nothing is.
        confirm: Asked with the number of messages of each error type; False drops nothing.

    Raises:
        CliError: The file exists already or cannot be written; nothing was dropped.
    """
    with new_file(path) as file:
        copies = [_copy(queue, selection, file) for queue in queues]
    chosen = sum(len(copy.message_ids) for copy in copies)
    missing = tuple(sorted(selection.ids.difference(*(copy.found for copy in copies))))
    held_by_others = sum(copy.in_flight for copy in copies)
    is_confirmed = False
    try:
        error_types = sum((copy.error_types for copy in copies), Counter())
        is_confirmed = chosen > 0 and confirm(error_types)
    finally:
        if not is_confirmed:
            path.unlink()
    if not is_confirmed:
        return Dropped(chosen, 0, None, missing, held_by_others)
    return Dropped(chosen, sum(map(_remove, copies)), path, missing, held_by_others)


def _copy(queue: Queue, selection: Selection, file: TextIO) -> Copy:
    copy = Copy(queue, queue.counts().in_flight)
    with Pass(queue) as messages:
        for taken in messages:
            if selection.matches(taken.letter):
                file.write(as_line(taken))
                copy.message_ids.add(taken.letter.message_id)
                copy.error_types[str(taken.letter.error_type)] += 1
                copy.found |= selection.names_of(taken.letter)
    return copy


def _remove(copy: Copy) -> int:
    left = set(copy.message_ids)
    removed = 0
    with Pass(copy.queue) as messages:
        for taken in messages if left else ():
            if taken.letter.message_id in left:
                left.remove(taken.letter.message_id)
                removed += messages.remove(taken.letter)
            if not left:
                break
    return removed
