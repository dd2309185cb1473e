"""Takes messages out of the queues for good: copies them to a file, asks, and deletes what is in the file.

The file is in the person's state directory unless another one is named, so that no checkout takes it in.

Two passes, because asking takes its time: nothing is held meanwhile, and the second pass deletes with good
receipts, and only what the first has copied. The file has one JSON object a line: `layer`, `event` (the
original event; null without one) and `message`, the message as SQS gave it. It holds personal data, so only
its owner can read it.
"""

import contextlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.private_files import make_private_directory, state_directory
from stripe_handler_cli.stack.dead_letters.messages import Choice, DeadLetter, Layer, read_dead_letter
from stripe_handler_cli.stack.dead_letters.queues import Pass, Queue, Taken


@attrs.define
class _Copy:
    """What the file has of one queue; `found` are the ids asked for that it has."""

    queue: Queue
    in_flight: int
    message_ids: set[str] = attrs.field(factory=set)
    error_types: Counter[str] = attrs.field(factory=Counter)
    found: set[str] = attrs.field(factory=set)


@attrs.frozen
class Dropped:
    """What was dropped.

    Attributes:
        dropped: How many of them SQS has deleted; the others are held by somebody, or gone.
        file: Where all the chosen ones are; None if nothing was to be dropped.
        missing: The ids asked for that neither queue has.
        held_by_others: How many messages could not be looked at.
    """

    chosen: int
    dropped: int
    file: Path | None
    missing: tuple[str, ...]
    held_by_others: int


def default_path(now: datetime) -> Path:
    """Name a new file in the person's state directory, which is made if it is missing."""
    directory = state_directory() / "dropped"
    make_private_directory(directory)
    return directory / f"dropped-{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}.jsonl"


def drop(
    queues: Sequence[Queue],
    choice: Choice,
    path: Path,
    confirm: Callable[[Counter[str]], bool],
    tell: Callable[[Dropped], None] = lambda _: None,
) -> Dropped:
    """Drop the chosen messages into a new file, which is removed again if nothing is dropped.

    `confirm` is asked with the number of messages of each error type, unless nothing is chosen. `tell` is
    called with what was dropped, also where the deleting breaks off: from then on the file is what there is.

    Raises:
        CliError: The file exists already or cannot be written; nothing was dropped.
    """
    with _new_file(path) as file:
        copies = [_copy(queue, choice, file) for queue in queues]
    chosen = sum(len(copy.message_ids) for copy in copies)
    missing = tuple(sorted(choice.ids.difference(*(copy.found for copy in copies))))
    held_by_others = sum(copy.in_flight for copy in copies)
    is_confirmed = False
    try:
        is_confirmed = chosen > 0 and confirm(sum((copy.error_types for copy in copies), Counter()))
    finally:
        if not is_confirmed:
            path.unlink()
    done = Dropped(chosen, 0, path if is_confirmed else None, missing, held_by_others)
    try:
        for copy in copies if is_confirmed else ():
            for is_removed in _removals(copy):
                done = attrs.evolve(done, dropped=done.dropped + is_removed)
    finally:
        tell(done)
    return done


def _copy(queue: Queue, choice: Choice, file: TextIO) -> _Copy:
    copy = _Copy(queue, queue.counts().in_flight)
    with Pass(queue) as messages:
        for taken in messages:
            if choice.matches(taken.letter):
                file.write(_as_line(taken))
                copy.message_ids.add(taken.letter.message_id)
                copy.error_types[str(taken.letter.error_type)] += 1
                copy.found |= choice.names_of(taken.letter)
    return copy


def _removals(copy: _Copy) -> Iterator[bool]:
    """Delete what the file has, and say of each message whether SQS has deleted it."""
    left = set(copy.message_ids)
    with Pass(copy.queue) as messages:
        for taken in messages if left else ():
            if taken.letter.message_id in left:
                left.remove(taken.letter.message_id)
                yield messages.remove(taken.letter)
            if not left:
                break


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[TextIO]:
    """Make a file that only its owner can read: on the disk when the block ends, removed if it fails."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise CliError(f"{path} exists already; it may hold dropped messages. Name another --out.") from error
    except OSError as error:
        raise CliError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        directory = os.open(path.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CliError(f"{path} cannot be written: {error.strerror}") from error
        raise


def _as_line(taken: Taken) -> str:
    letter = taken.letter
    event = None if letter.payload is None else json.loads(letter.payload)
    message = {name: value for name, value in taken.message.items() if name != "ReceiptHandle"}
    return json.dumps({"layer": letter.layer, "event": event, "message": message}) + "\n"


@attrs.frozen
class DroppedFile:
    """A file of dropped messages as something to send again from. It stays as it is."""

    path: Path
    user_id_metadata_key: str

    def __iter__(self) -> Iterator[Taken]:
        try:
            with self.path.open(encoding="utf-8") as file:
                for number, line in enumerate(file, start=1):
                    yield self._read(line, number)
        except (OSError, UnicodeDecodeError) as error:
            raise CliError(f"{self.path} cannot be read: {error}") from error

    def hold(self, letter: DeadLetter) -> bool:  # noqa: ARG002 - nobody else has it
        return True

    def remove(self, letter: DeadLetter) -> bool:  # noqa: ARG002 - the file stays
        return True

    def _read(self, line: str, number: int) -> Taken:
        try:
            record: Any = json.loads(line)
            layer, message = Layer(record["layer"]), record["message"]
            letter = read_dead_letter(message, layer, user_id_metadata_key=self.user_id_metadata_key)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise CliError(f"{self.path}, line {number} is not what `dlq drop` writes.") from error
        return Taken(letter, message)
