"""Opens the console on a kept demo: a process of its own, which ends with the demo's local AWS."""

import os
import re
import subprocess
import sys
from pathlib import Path

from stripe_handler_cli.common.waiting import poll

_LOG = "console.log"
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S*")
_START_SECONDS = 20.0


def open_beside(state_directory: Path) -> str | None:
    """Start it, and return the address that it prints, with its token; None where it does not start.

    Without the extra [console] it does not: nothing else of the demo needs that.
    """
    directory = state_directory.resolve()
    local = str(directory)
    options = ["--local", local, "--allow-actions", "--until-ended", local]
    path = directory / _LOG
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "stripe_handler_cli", "console", *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal is not for this one
        )

    def told() -> str | None:
        found = _ADDRESS.search(path.read_text(encoding="utf-8"))
        ended = "" if process.poll() is not None else None
        return found[0] if found else ended

    return poll(told, every_seconds=0.1, timeout_seconds=_START_SECONDS) or None
