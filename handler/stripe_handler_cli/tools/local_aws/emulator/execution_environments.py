"""How long a Python function's process lives, and how its package gets there.

AWS rule: an exception in the handler ends the invocation, not the execution environment: the next invocation
finds the same process, with what it kept in memory. Only a timeout or a process that dies resets it. A
process that does not come up fails its own invocation; the function's other environments go on. What a
process has written is in its log, also when it died right after.

Stock MiniStack ends the process after every exception, and unpacks the whole package again for the next one:
with a package of some thousand files, each attempt of a retried event takes seconds. Here a package is
unpacked once, and each environment gets links to its files. And where one process does not come up, stock
MiniStack ends all of the function's, those at work or just starting included. What a process
writes between two invocations is lost if it dies before the second.
"""

import hashlib
import os
import shutil
import tempfile
import threading
import time
import types
import zipfile
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime

from .replacing import replaces

_GRACE_SECONDS = 2.0

# `processes`: those that stock MiniStack would end now, while an invocation decides whether they must.
_held = threading.local()
_unpacking = threading.Lock()
_signal = lambda_runtime._signal
_collect = lambda_runtime._collect


@replaces(lambda_runtime.Worker, "invoke")
def invoke(stock: Any, worker: Any, *arguments: Any, **options: Any) -> Any:
    """Run one invocation; keep the process when the handler merely raised."""
    _held.processes = []
    last_words = "" if _is_alive(worker._proc) else _rest_of_log(worker)
    try:
        result = stock(worker, *arguments, **options)
    except Exception as error:  # noqa: BLE001 - whatever kept the process from coming up
        result = _not_started(worker, error)
    finally:
        processes, _held.processes = _held.processes, None
    raised = "trace" in result
    for process, deadline in processes:
        if raised and _is_alive(process):
            worker._proc = process
        else:
            _signal(process)
            _collect(process, deadline)
            last_words += _rest_of_log(worker)
    if last_words:
        result["log"] = f"{last_words}\n{result.get('log', '')}"
    return result


def _is_alive(process: Any) -> bool:
    return process is not None and process.poll() is None


def _rest_of_log(worker: Any) -> Any:
    """What a process that is gone has written and nobody has collected."""
    reader = getattr(worker, "_stderr_thread", None)
    if reader is None:
        return ""
    reader.join(_GRACE_SECONDS)
    return worker._drain_stderr()


def _not_started(worker: Any, error: Exception) -> dict[str, Any]:
    process, worker._proc = worker._proc, None
    if process is not None:
        _signal(process)
        _collect(process, time.monotonic() + _GRACE_SECONDS)
    return {"status": "error", "error": str(error), "cold_start": True, "log": ""}


@replaces(lambda_runtime, "_signal")
def signal_unless_held(stock: Any, process: Any) -> None:
    if getattr(_held, "processes", None) is None:
        stock(process)


@replaces(lambda_runtime, "_collect")
def collect_unless_held(stock: Any, process: Any, deadline: float) -> None:
    held = getattr(_held, "processes", None)
    if held is None:
        stock(process, deadline)
    else:
        held.append((process, deadline))


class UnpackedOnce(zipfile.ZipFile):
    """A zip whose files are unpacked once per content; further unpacking makes links to them."""

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        if self.filename is None or members is not None or pwd is not None:
            super().extractall(path, members, pwd)
            return
        digest = hashlib.sha256(Path(self.filename).read_bytes()).hexdigest()
        unpacked = Path(tempfile.gettempdir()) / f"package-{digest}"
        with _unpacking:
            if not unpacked.is_dir():
                partial = unpacked.with_suffix(".partial")
                shutil.rmtree(partial, ignore_errors=True)
                super().extractall(partial)
                partial.rename(unpacked)
        shutil.copytree(unpacked, path, copy_function=os.link, dirs_exist_ok=True)


lambda_runtime.zipfile = types.SimpleNamespace(**vars(zipfile) | {"ZipFile": UnpackedOnce})
