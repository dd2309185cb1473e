"""What a Python function has written is in its log.

AWS rule: everything a function wrote before it answered reaches its log group, whether or not it is ever
invoked again. What a thread writes afterwards comes with the next invocation.

Stock MiniStack collects the log for 50 ms after each answer, and from the first line on only until 5 ms pass
without another. On a machine that takes the processor away from the thread that reads the lines, they come
later, and then they are handed over at the next invocation: a caller that waits for a line before it goes on
waits in vain. Here the process ends its log with a mark before each answer, and the log is collected up to
the mark, however long that takes.
"""

import queue
import time
from typing import Any

from ministack.core import lambda_runtime

from .replacing import replaces

_MARK = "\x1eanswered"
_LONGEST_SECONDS = 10.0
"""A process that closed its standard error writes no mark, and a child of its own may keep the pipe open."""

# Runs in the worker before MiniStack's script, whose first act is to keep `sys.stdout` for its answers. The
# first answer says that the process is up; what was written before it goes with the first invocation.
_PRELUDE = f"""
import os, sys

class _MsAnswers:
    def __init__(self, answers):
        self.answers = answers
        self.flush = answers.flush
        self.is_up = False

    def write(self, answer):
        if self.is_up:
            try:
                sys.__stderr__.flush()
                os.write(2, {_MARK!r}.encode() + b"\\n")
            except (OSError, ValueError):
                pass  # the function has closed it
        self.is_up = True
        return self.answers.write(answer)

sys.stdout = _MsAnswers(sys.stdout)
"""

lambda_runtime._PYTHON_WORKER_SCRIPT = _PRELUDE + lambda_runtime._PYTHON_WORKER_SCRIPT


@replaces(lambda_runtime.Worker, "_drain_stderr_bounded")
def drain(stock: Any, worker: Any, **waits: float) -> Any:
    """The lines up to the mark, or up to the end where the process is gone."""
    if not worker.config.get("Runtime", "").startswith("python"):
        return stock(worker, **waits)
    lines: list[str] = []
    deadline = time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < deadline:
        has_ended = not worker._stderr_thread.is_alive()
        try:
            line = worker._stderr_queue.get(timeout=0 if has_ended else 0.05)
        except queue.Empty:
            if has_ended:
                break
            continue
        if line != _MARK:
            lines.append(line.removesuffix(_MARK))
        if line.endswith(_MARK):
            break
    return "\n".join(lines)
