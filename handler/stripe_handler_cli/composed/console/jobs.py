"""What runs longer than a page: in a thread, told while it runs, and kept until others have taken its place.

Of each kind one runs at a time. What is kept is bounded: the last jobs, the last lines of each.
"""

import itertools
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.moments import iso

_LINES = 200
_KEPT = 20


@attrs.define
class Job:
    """Something under way, or done.

    Attributes:
        kind: What it does, a word: `doctor`, `redrive`, …
        outcome: What it came to; None before its end, and where it failed.
        error: Why it failed.
        lit: The box of the picture at which something is just now.
        version: Another one whenever anything was told.
    """

    number: int
    kind: str
    title: str
    began: str
    lines: deque[str] = attrs.field(factory=lambda: deque(maxlen=_LINES))
    count: str = ""
    lit: str = ""
    outcome: Any = None
    error: str | None = None
    ended: str | None = None
    version: int = 0

    @property
    def is_running(self) -> bool:
        return self.ended is None

    def say(self, line: str, lit: str | None = None) -> None:
        """Add a line; `lit` names the box that it is about."""
        self.lines.append(line)
        self.lit = self.lit if lit is None else lit
        self.version += 1

    def progress(self, noun: str, done: int, about: int) -> None:
        """Tell how far it is, as the commands' `Progress`."""
        self.count = f"{done:,} of about {about:,} {noun}" if about >= done > 0 else f"{done:,} {noun}"
        self.version += 1

    def end(self, outcome: Any, error: str | None = None) -> None:
        self.outcome, self.error, self.ended = outcome, error, iso(datetime.now(UTC))
        self.version += 1


@attrs.define
class Jobs:
    """The jobs of a console."""

    threads: ThreadPoolExecutor = attrs.field(factory=lambda: ThreadPoolExecutor(4), repr=False)
    _numbers: Any = attrs.field(factory=lambda: itertools.count(1), init=False)
    _jobs: dict[int, Job] = attrs.field(factory=dict, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)

    def begin(self, kind: str, title: str, work: Callable[[Job], Any]) -> Job:
        """Have it done; the job of this kind that runs already, where there is one."""
        with self._lock:
            running = next((one for one in self._jobs.values() if one.kind == kind and one.is_running), None)
            if running is not None:
                return running
            job = Job(next(self._numbers), kind, title, iso(datetime.now(UTC)))
            self._jobs[job.number] = job
            done = [number for number, one in self._jobs.items() if not one.is_running]
            for number in done[: max(0, len(self._jobs) - _KEPT)]:
                del self._jobs[number]
        self.threads.submit(self._run, job, work)
        return job

    def get(self, number: int) -> Job | None:
        return self._jobs.get(number)

    def last(self, *kinds: str) -> Job | None:
        """The newest of these kinds, whether it runs or not."""
        with self._lock:
            return next((one for one in reversed(self._jobs.values()) if one.kind in kinds), None)

    @staticmethod
    def _run(job: Job, work: Callable[[Job], Any]) -> None:
        try:
            job.end(work(job))
        except (CliError, BotoCoreError, ClientError) as error:
            job.end(None, str(error))
        except Exception as error:  # whatever it is, nobody would be told otherwise
            job.end(None, f"an error in the console itself: {type(error).__name__}")
            raise
