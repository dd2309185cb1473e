"""The scripts in `workers/`, run by the runtime's Python: one answers line by line, another one once."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

Ask = Callable[[str], dict[str, Any]]
"""Sends the worker a line and returns its answer."""


@contextmanager
def worker(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Ask]:
    """Start a worker; it ends with the block.

    Raises:
        RuntimeError: It died; what it said stands on standard error.
    """
    with subprocess.Popen(  # noqa: S603 - our own script
        command, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        to_worker, from_worker = process.stdin, process.stdout
        if to_worker is None or from_worker is None:
            raise RuntimeError("the worker has no pipes")

        def ask(line: str) -> dict[str, Any]:
            to_worker.write(f"{line}\n")
            to_worker.flush()
            answer = from_worker.readline()
            if not answer:
                raise RuntimeError("the worker died")
            found: dict[str, Any] = json.loads(answer)
            return found

        yield ask
        to_worker.close()


def run_once(command: Sequence[str], environment: Mapping[str, str]) -> dict[str, Any]:
    """Run a worker that measures one thing in a fresh process; returns its one line.

    Raises:
        RuntimeError: It failed; the message has what it said.
    """
    done = subprocess.run(  # noqa: S603 - our own script
        command, env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"a worker failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
