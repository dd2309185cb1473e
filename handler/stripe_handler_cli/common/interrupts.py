"""Ctrl-C, in one place: whatever is stopped ends with one line and exit code 130, never with a stack trace.

Until a command's own work begins, nothing has to be put in order, and much is imported. There a
`KeyboardInterrupt` may be lost, in a callback of the import system or in a library that catches everything,
so the process ends without one. From then on it is raised as usual, and the command can tidy up.
"""

import os
import signal
import sys
from types import FrameType

EXIT_CODE = 130
"""What a shell reports of a program that SIGINT has ended."""


class StoppedError(Exception):
    """The command was stopped by Ctrl-C, and has put in order what there was."""


def end_at_once() -> None:
    """End the process on Ctrl-C, from now on; where Ctrl-C is ignored, as under `nohup`, it stays so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def raise_again() -> None:
    """Raise `KeyboardInterrupt` on Ctrl-C, as Python does, if `end_at_once` was in force."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def stopped() -> int:
    """Say that the command was stopped, on a line of its own; returns the exit code."""
    sys.stderr.write(_line())
    return EXIT_CODE


def _line() -> str:
    # A terminal has just shown ^C.
    return "\nStopped.\n" if os.isatty(2) else "Stopped.\n"


def _end(_signal: int, _frame: FrameType | None) -> None:
    os.write(2, _line().encode())
    os._exit(EXIT_CODE)
