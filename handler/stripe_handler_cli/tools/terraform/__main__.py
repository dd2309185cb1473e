"""`python -m stripe_handler_cli.tools.terraform check|fmt`: the Makefile's Terraform steps."""

import subprocess
import sys
from pathlib import Path

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.terraform.binary import find_terraform
from stripe_handler_cli.tools.terraform.check import check
from stripe_handler_cli.tools.terraform.environment import child_environment

_SOURCE = Path("terraform")
_STATE = Path(".stripe-handler/terraform")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Run one step; returns the exit code."""
    if arguments not in (["check"], ["fmt"]):
        sys.stderr.write("usage: python -m stripe_handler_cli.tools.terraform check|fmt\n")
        return 2
    try:
        terraform = find_terraform(_STATE, progress=_say)
        if arguments == ["check"]:
            check(terraform, _SOURCE, _STATE, progress=_say)
            return 0
        return subprocess.run(  # noqa: S603 - our own arguments, no shell
            [str(terraform), "fmt", "-recursive", str(_SOURCE)], env=child_environment({}), check=False
        ).returncode
    except CliError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
