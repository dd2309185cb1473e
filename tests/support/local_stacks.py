"""Local AWS as far as its state directory shows it: a held lock and what `local up` wrote."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stripe_handler_cli.tools.local_aws.running import REGION, LocalAws, StateDirectory


@contextmanager
def running_aws(directory: Path, url: str = "http://127.0.0.1:1") -> Iterator[LocalAws]:
    """Let local AWS look as if it ran in a directory, in this very process."""
    state = StateDirectory(directory)
    state.root.mkdir(parents=True)
    made = LocalAws(endpoint_url=url, pid=os.getpid(), region=REGION, log_path=state.log_path)
    state.write(made)
    with state.lock_path.open("w") as lock:
        lock.write(str(made.pid))
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield made


@contextmanager
def local_stack(directory: Path, url: str = "http://127.0.0.1:1") -> Iterator[LocalAws]:
    """Let a stack look as if it were applied there."""
    (directory / "terraform" / "workspaces" / "demo").mkdir(parents=True)
    with running_aws(directory / "local-aws", url) as running:
        yield running
