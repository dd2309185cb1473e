"""Runs every test and check, `make test`, in two lanes: what keeps the processors busy beside what waits.

The first lane's output comes as it is written. The second one's is kept, and comes whole after the first has
ended, then as it is written. A lane ends with its first failure; the other one is then stopped, since the
verdict is known.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).parents[1]
LANES = (("lint", "unit"), ("terraform-check", "security", "zip", "integration"))
"""Targets of the Makefile, each lane in its order."""
_LOOK_SECONDS = 0.2


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def running(targets: Sequence[str], output: BinaryIO | None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a lane in a process group of its own, which is stopped as a whole where it has not ended."""
    command = ["make", "--no-print-directory", *targets]
    lane = subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        yield lane
    finally:
        if lane.poll() is None:
            os.killpg(lane.pid, signal.SIGINT)  # as Ctrl-C does, so that what it started is ended too
            lane.wait()


def copy(kept: BinaryIO) -> None:
    """Print what has been written since the last call."""
    sys.stdout.buffer.write(kept.read())
    sys.stdout.flush()


def main() -> int:
    """Run both; returns the exit code of the first one that failed, or 0."""
    said = " | ".join(", ".join(lane) for lane in LANES)
    say(f"Side by side: {said}. The second lane's output follows the first one's.")
    with tempfile.NamedTemporaryFile() as written, Path(written.name).open("rb") as kept:
        with running(LANES[0], None) as first, running(LANES[1], written.file) as second:
            while first.poll() is None and not second.poll():
                time.sleep(_LOOK_SECONDS)
            while first.poll() == 0 and second.poll() is None:
                copy(kept)
                time.sleep(_LOOK_SECONDS)
            verdicts = first.poll(), second.poll()
        if not verdicts[0]:
            copy(kept)
    return verdicts[0] or verdicts[1] or 0


if __name__ == "__main__":
    sys.exit(main())
