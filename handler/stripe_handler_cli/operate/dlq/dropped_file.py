"""The file of dropped messages: written once, read to send them again. Knows no queue.

One JSON object a line: `layer`, `event` (the original event; null where there is none) and `message`, the
message as SQS gave it. It holds personal data, so nobody but its owner may read it.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.dlq.messages import DeadLetter, Layer, read_dead_letter
from stripe_handler_cli.operate.dlq.queues import Taken


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
        raise CliError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _fsync_directory(path.absolute().parent)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CliError(f"{path} cannot be written: {error.strerror}") from error
        raise


def as_line(taken: Taken) -> str:
    """A message as the file holds it."""
    letter = taken.letter
    event = None if letter.payload is None else json.loads(letter.payload)
    message = {name: value for name, value in taken.message.items() if name != "ReceiptHandle"}
    return json.dumps({"layer": letter.layer, "event": event, "message": message}) + "\n"


@attrs.frozen
class DroppedFile:
    """Such a file as a source to send again from. It stays as it is.

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
            raise CliError(f"{self.path}, line {number} is not what `dlq drop` writes.") from error
        return Taken(letter, message)


def _fsync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
