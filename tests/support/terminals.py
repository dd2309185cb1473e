"""A terminal, for tests: a command runs in one of its own, and keys are typed."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence

import attrs

CTRL_C = b"\x03"
_PATIENCE_SECONDS = 60


@attrs.frozen
class Ended:
    """A command that has ended.

    Attributes:
        exit_code: Its exit code.
        screen: All that it wrote, escape sequences included, with plain line ends.
    """

    exit_code: int
    screen: str


def typed_at_a_terminal(
    command: Sequence[str], environment: Mapping[str, str], *, until: str, keys: bytes, columns: int = 120
) -> Ended:
    """Run a command in a terminal, and type keys when a text has appeared."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(  # noqa: S603 - our own command
        command,
        env={**environment, "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        # Ctrl-C goes to those whose terminal it is.
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - this process has no threads that hold locks
    )
    os.close(theirs)
    deadline, seen, is_typed = time.monotonic() + _PATIENCE_SECONDS, b"", False
    try:
        while (part := _read(ours)) and time.monotonic() < deadline:
            seen += part
            if not is_typed and until.encode() in seen:
                os.write(ours, keys)
                is_typed = True
        screen = seen.decode().replace("\r\n", "\n")
        assert is_typed, f"{until} never appeared:\n{screen}"
        return Ended(process.wait(_PATIENCE_SECONDS), screen)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux's word for a terminal that nobody holds any more
        return b""
