"""Runs every test and check, `make test`, in lanes side by side: what computes beside what waits.

The first lane's output comes as it is written. That of each other one is kept, and comes whole after the one
before it has ended, then as it is written. A lane ends with its first failure; the others are then stopped,
since the verdict is known.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import attrs

ROOT = Path(__file__).parents[1]
LANES = (("lint", "unit"), ("terraform-check", "security"), ("zip", "integration"))
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


@attrs.frozen
class Lane:
    """A lane that runs, and what it prints; the first one prints by itself."""

    process: subprocess.Popen[bytes]
    kept: BinaryIO | None

    @property
    def verdict(self) -> int | None:
        """Its exit code; None while it runs."""
        return self.process.poll()

    def show(self) -> None:
        """Print what it has written since the last call."""
        if self.kept is not None:
            sys.stdout.buffer.write(self.kept.read())
            sys.stdout.flush()


@contextmanager
def lane(targets: Sequence[str], *, is_first: bool) -> Iterator[Lane]:
    """Run a lane; it is stopped in the end."""
    if is_first:
        with running(targets, None) as process:
            yield Lane(process, None)
        return
    with (
        tempfile.NamedTemporaryFile() as written,
        Path(written.name).open("rb") as kept,
        running(targets, written.file) as process,
    ):
        yield Lane(process, kept)


def failed(lanes: Sequence[Lane]) -> Lane | None:
    """The first lane that has failed."""
    return next((lane for lane in lanes if lane.verdict), None)


def main() -> int:
    """Run all; returns the exit code of the one that failed, or 0."""
    said = " | ".join(", ".join(lane) for lane in LANES)
    say(f"Side by side: {said}. The output of each lane follows that of the one before it.")
    with ExitStack() as ending:
        lanes = [
            ending.enter_context(lane(targets, is_first=number == 0)) for number, targets in enumerate(LANES)
        ]
        for shown in lanes:
            while shown.verdict is None and not failed(lanes):
                shown.show()
                time.sleep(_LOOK_SECONDS)
            shown.show()
            if bad := failed(lanes):
                if bad is not shown:
                    bad.show()
                return bad.verdict or 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
