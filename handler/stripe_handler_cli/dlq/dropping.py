"""Takes messages out of the queues for good, after they are safe in a file; and reads such a file again.

The file holds one JSON object a line: `layer`, `event` (the original event; null where there is none) and
`message`, the message as SQS gave it. It holds personal data, so nobody but its owner may read it.
"""

import contextlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import attrs

from stripe_handler_cli.dlq.messages import DeadLetter, Layer, read_dead_letter
from stripe_handler_cli.dlq.queues import Pass, Queue, Taken
from stripe_handler_cli.dlq.selection import Selection
from stripe_handler_cli.errors import CliError


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[TextIO]:
    """Make a file that only its owner can read; on the disk when the block ends, gone if the block fails.

    Raises:
        CliError: There is such a file already, or it cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise CliError(f"{path} exists already; it may hold dropped messages. Name another --out.") from error
    except OSError as error:
        raise CliError(f"cannot write {path}: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _fsync_directory(path.absolute().parent)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CliError(f"cannot write {path}: {error.strerror}") from error
        raise


@attrs.frozen
class Copy:
    """What of one queue is in the file.

    Attributes:
        queue: The queue.
        message_ids: The messages.
        error_types: How many of each error type.
        found: The ids asked for that are among them.
        in_flight: How many messages others held, so that they could not be looked at.
    """

    queue: Queue
    message_ids: frozenset[str]
    error_types: Counter[str]
    found: frozenset[str]
    in_flight: int


def copy_queue(queue: Queue, selection: Selection, file: TextIO) -> Copy:
    """Write the chosen messages of a queue to a file. Removes nothing."""
    in_flight = queue.counts().in_flight
    message_ids: set[str] = set()
    found: set[str] = set()
    error_types: Counter[str] = Counter()
    with Pass(queue) as messages:
        for taken in messages:
            if selection.matches(taken.letter):
                file.write(_line(taken))
                message_ids.add(taken.letter.message_id)
                found |= selection.names_of(taken.letter)
                error_types[str(taken.letter.error_type)] += 1
    return Copy(queue, frozenset(message_ids), error_types, frozenset(found), in_flight)


def remove_copied(copy: Copy) -> int:
    """Remove what is in the file from its queue.

    The messages are taken again for that: since they were copied, others may have had them.

    Returns:
        How many SQS has deleted; the others are held by somebody, or gone.
    """
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


@attrs.frozen
class DroppedFile:
    """A file of dropped messages, as a source to send again from. It stays as it is.

    Attributes:
        path: The file.
        user_id_metadata_key: Key of the subscription's metadata that holds the app's user id.
    """

    path: Path
    user_id_metadata_key: str

    def __iter__(self) -> Iterator[Taken]:
        """Read message after message.

        Raises:
            CliError: The file cannot be read, or a line is something else.
        """
        try:
            with self.path.open(encoding="utf-8") as file:
                for number, line in enumerate(file, start=1):
                    yield self._read(line, number)
        except (OSError, UnicodeDecodeError) as error:
            raise CliError(f"{self.path} cannot be read: {error}") from error

    def hold(self, letter: DeadLetter) -> bool:  # noqa: ARG002 - nobody else has it
        """Nothing to hold."""
        return True

    def remove(self, letter: DeadLetter) -> bool:  # noqa: ARG002 - the file stays
        """Nothing to remove."""
        return True

    def _read(self, line: str, number: int) -> Taken:
        try:
            record: Any = json.loads(line)
            layer, message = Layer(record["layer"]), record["message"]
            letter = read_dead_letter(message, layer, user_id_metadata_key=self.user_id_metadata_key)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise CliError(f"{self.path}, line {number} is not what `dlq drop` writes") from error
        return Taken(letter, message)


def _line(taken: Taken) -> str:
    letter = taken.letter
    event = None if letter.payload is None else json.loads(letter.payload)
    message = {name: value for name, value in taken.message.items() if name != "ReceiptHandle"}
    return json.dumps({"layer": letter.layer, "event": event, "message": message}) + "\n"


def _fsync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
