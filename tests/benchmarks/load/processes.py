"""What the emulator and its Lambda workers use: memory and CPU time, from /proc. Linux only; reads only."""

import contextlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs

from stripe_handler_cli.common.errors import CliError

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_EVERY_SECONDS = 2.0


@attrs.frozen
class Usage:
    """What one process uses.

    Attributes:
        rss_bytes: Resident memory.
        cpu_seconds: CPU time so far, all its threads.
    """

    rss_bytes: int
    cpu_seconds: float


@attrs.frozen
class Sample:
    """All processes at one moment.

    Attributes:
        second: Since the beginning of the sampling.
        emulator: The emulator.
        workers: The Lambda workers, by process id.
    """

    second: float
    emulator: Usage
    workers: dict[int, Usage]

    @property
    def worker_rss_bytes(self) -> int:
        """Resident memory of all workers together; pages they share count once for each."""
        return sum(usage.rss_bytes for usage in self.workers.values())


def usage_of(pid: int) -> Usage | None:
    """What a process uses; None when it is gone."""
    with contextlib.suppress(OSError):
        # The name in brackets may hold spaces; the fields count from the one after it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return Usage(
            rss_bytes=int(fields[21]) * _PAGE_BYTES,
            cpu_seconds=(int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND,
        )
    return None


@attrs.frozen
class Processes:
    """The emulator, and the Lambda workers of one function.

    Attributes:
        emulator_pid: The emulator's process.
        find_workers: The process ids of the function's execution environments.
        began: When the count of seconds begins, on the monotonic clock.
    """

    emulator_pid: int
    find_workers: Callable[[], list[int]]
    began: float = attrs.Factory(time.monotonic)

    def look(self) -> Sample:
        """What they use now.

        Raises:
            CliError: The emulator is gone.
        """
        emulator = usage_of(self.emulator_pid)
        if emulator is None:
            raise CliError("local AWS has ended")
        workers = {pid: usage for pid in self.find_workers() if (usage := usage_of(pid)) is not None}
        return Sample(time.monotonic() - self.began, emulator, workers)


@attrs.define
class Sampler:
    """Looks at processes again and again, in a thread of its own; a context manager.

    Attributes:
        processes: What is looked at.
        samples: What was seen, oldest first: one at the beginning and one at the end at least.
    """

    processes: Processes
    samples: list[Sample] = attrs.field(factory=list, init=False)
    _over: threading.Event = attrs.field(factory=threading.Event, init=False)
    _thread: threading.Thread = attrs.field(init=False)

    def __enter__(self) -> Self:
        """Begin."""
        self.samples.append(self.processes.look())
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the last sample."""
        self._over.set()
        self._thread.join()
        self.samples.append(self.processes.look())

    def _run(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            self.samples.append(self.processes.look())


def cpu_seconds(before: Sample, after: Sample) -> tuple[float, float]:
    """CPU time used between two looks: the emulator's, and that of all workers."""
    known = {pid: usage.cpu_seconds for pid, usage in before.workers.items()}
    workers = sum(usage.cpu_seconds - known.get(pid, 0.0) for pid, usage in after.workers.items())
    return after.emulator.cpu_seconds - before.emulator.cpu_seconds, workers
