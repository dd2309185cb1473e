"""`python -m stripe_handler_cli.tools.terraform check|fmt`: the Makefile's Terraform steps."""

import subprocess
import sys
from pathlib import Path

import click

from stripe_handler_cli.common.errors import exit_code
from stripe_handler_cli.tools.terraform.binary import find_terraform
from stripe_handler_cli.tools.terraform.check import check
from stripe_handler_cli.tools.terraform.process import child_environment

_SOURCE = Path("terraform")
_STATE = Path(".stripe-handler/terraform")


def main(arguments: list[str]) -> int:
    if arguments not in (["check"], ["fmt"]):
        sys.stderr.write("usage: python -m stripe_handler_cli.tools.terraform check|fmt\n")
        return 2
    terraform = find_terraform(_STATE, progress=click.echo)
    if arguments == ["check"]:
        check(terraform, _SOURCE, _STATE, progress=click.echo)
        return 0
    command = [str(terraform), "fmt", "-recursive", str(_SOURCE)]
    return subprocess.run(command, env=child_environment({}), check=False).returncode  # noqa: S603 - no shell


if __name__ == "__main__":
    sys.exit(exit_code(lambda: main(sys.argv[1:])))
