"""Runs AWS's provider once for many Terraform commands; else each starts it and asks for its schema.

This is Terraform's documented way to debug a provider (HashiCorp, "Debugging providers"): started with
`-debug`, it tells an address, and commands that are given it in `TF_REATTACH_PROVIDERS` use that process
instead of their own. It is only for what needs its schema alone, as `validate` and tests with a mocked
provider do: it cannot be configured twice (its HTTP client refuses a second `AWS_CA_BUNDLE`, for one).
"""

import queue
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.terraform.process import child_environment
from stripe_handler_cli.tools.terraform.working_copy import WorkingCopy

VARIABLE = "TF_REATTACH_PROVIDERS"
_ADDRESS = re.compile(rf"{VARIABLE}='(\{{.*\}})'")
_PROVIDERS = ".terraform/providers/*/hashicorp/aws/*/*/terraform-provider-aws*"
_START_SECONDS = 120
_STOP_SECONDS = 30


@contextmanager
def attached(copy: WorkingCopy) -> Iterator[WorkingCopy]:
    """Start the provider of an initialised working copy, and stop it in the end.

    Yields:
        The same copy, whose commands use that one process. Its folders need no provider of their own.

    Raises:
        CliError: It does not start.
    """
    executable = next(copy.directory.glob(_PROVIDERS), None)
    if executable is None:
        raise CliError(f"No AWS provider is in {copy.directory}: run 'terraform init' there")
    with subprocess.Popen(  # noqa: S603 - what terraform init put there, no shell
        [str(executable), "-debug"],
        cwd=copy.directory,
        env=child_environment(copy.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            address = _address(process)
            yield attrs.evolve(copy, environment={**copy.environment, VARIABLE: address})
        finally:
            process.terminate()
            try:
                process.wait(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(process: subprocess.Popen[str]) -> str:
    """What the provider says is its address; its output is read to its end, so that it never waits for us."""
    addresses: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in process.stdout or ():
            found = _ADDRESS.search(line)
            if found:
                addresses.put(found[1])
        addresses.put(None)

    threading.Thread(target=read, daemon=True).start()
    try:
        address = addresses.get(timeout=_START_SECONDS)
    except queue.Empty:
        address = None
    if address is None:
        raise CliError("The AWS provider did not start: it told no address")
    return address
