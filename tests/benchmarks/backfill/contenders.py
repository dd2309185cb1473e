"""Who takes part in the backfill benchmark: the commit before, today's code, bare writes. Runs processes."""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import attrs

from benchmarks.setting import ROOT
from benchmarks.worker_process import worker
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.fake_stripe import API_KEY

WORKERS = ROOT / "tests" / "benchmarks" / "workers"
BEFORE = "c2f1a85"
"""The last commit whose `reconcile` did one thing after the other."""


@attrs.frozen
class Ran:
    """A contender's run.

    Attributes:
        found: What its process printed.
    """

    found: Mapping[str, Any]

    @property
    def seconds(self) -> float:
        """How long it took, without the start of its process."""
        return float(self.found["seconds"])


@attrs.frozen
class Contenders:
    """What every run has.

    Attributes:
        aws: Environment variables that lead to local AWS.
        stripe_url: The made-up Stripe.
        outputs: A file with the stack's outputs.
        directory: For files of the runs.
    """

    aws: Mapping[str, str]
    stripe_url: str
    outputs: Path
    directory: Path

    def reconcile(self, handler: Path, *options: str, record: Path | None = None) -> Ran:
        """Run `reconcile` of a checkout's `handler` folder."""
        state = self.directory / "state.sqlite"
        state.unlink(missing_ok=True)
        arguments = ["reconcile", "--outputs", str(self.outputs), "--stripe-url", self.stripe_url, "--json"]
        arguments += ["--state-file", str(state), *options]
        return self._run("reconcile_run.py", str(handler), str(record or "-"), *arguments)

    def bare_writes(self, record: Path, threads: int) -> Ran:
        """Send what a run has written, and nothing else."""
        return self._run("bare_writes.py", str(record), str(threads))

    def _run(self, script: str, *arguments: str) -> Ran:
        environment = {**os.environ, **self.aws, "STRIPE_API_KEY": API_KEY}
        command = [sys.executable, str(WORKERS / script), *arguments]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
        if ended.returncode != 0 or not ended.stdout.strip():
            raise CliError(f"{script} failed: {ended.stderr[-2000:]}")
        return Ran(json.loads(ended.stdout.splitlines()[-1]))


def checkout(commit: str, directory: Path) -> Path:
    """Unpack the packages of a commit; returns the folder with them.

    Raises:
        CliError: git does not have it.
    """
    handler = directory / commit / "handler"
    if handler.is_dir():
        return handler
    command: Sequence[str] = ["git", "-C", str(ROOT), "archive", commit, "handler"]
    archived = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - fixed words
    if archived.returncode != 0:
        raise CliError(f"git has no commit {commit}, whose code is measured too: {archived.stderr.decode()}")
    with tarfile.open(fileobj=BytesIO(archived.stdout)) as archive:
        archive.extractall(handler.parent, filter="data")
    return handler


@contextmanager
def stripe_server(account: Path) -> Iterator[str]:
    """Show an account in a process of its own; its URL."""
    server = [sys.executable, str(WORKERS / "stripe_server.py"), str(account)]
    with worker(server, os.environ) as ask:
        yield str(ask("")["url"])
