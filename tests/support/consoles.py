"""The command `stripe-handler console` as a process: started, its address read, and ended by Ctrl-C."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\S+")
ENDED_BY_CTRL_C = 130


@attrs.frozen
class Running:
    """A console that runs.

    Attributes:
        address: What the command printed, with the token.
    """

    address: str

    @property
    def base(self) -> str:
        """The same without path and token."""
        return self.address.partition("/?")[0]


@contextmanager
def running(arguments: Sequence[str], variables: Mapping[str, str], directory: Path) -> Iterator[Running]:
    """Start it, and see at the end that Ctrl-C ends it without a trace."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "stripe_handler_cli", "console", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**variables, "PYTHONUNBUFFERED": "1"},
        cwd=directory,
    )
    assert process.stdout is not None
    told: list[str] = []
    try:
        for line in process.stdout:
            told.append(line)
            if found := _ADDRESS.search(line):
                yield Running(found[0])
                break
    finally:
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=30)
    assert _ADDRESS.search("".join(told)), errors
    assert (process.returncode, "Traceback" in errors) == (ENDED_BY_CTRL_C, False), errors
    assert rest == ""
