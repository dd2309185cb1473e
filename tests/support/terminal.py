"""Runs a command on a terminal of so many columns, in a process of its own."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress

_ROWS = 50


def in_terminal(arguments: Sequence[str], variables: Mapping[str, str], columns: int) -> tuple[int, str]:
    """Run `stripe-handler` on a terminal; its exit code, and all that it wrote."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "NO_COLOR"}}
    with closing(os.fdopen(ours, "rb", buffering=0)) as screen:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "stripe_handler_cli", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**environment, "TERM": "xterm-256color", **variables},
        )
        os.close(theirs)
        written = bytearray()
        # Linux says so when the last process has left the terminal.
        with suppress(OSError):
            while part := screen.read(4096):
                written += part
        return process.wait(), written.decode().replace("\r\n", "\n")
