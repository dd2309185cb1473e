"""`python -m stripe_handler_cli.tools.security_scan`: the Makefile's `security` step, for a checkout."""

import sys
import time
from pathlib import Path

import click

from stripe_handler_cli.common.errors import exit_code
from stripe_handler_cli.tools.security_scan.scan import scan
from stripe_handler_cli.tools.terraform import find_terraform

_STATE = Path(".stripe-handler/terraform")


def main() -> None:
    start_seconds = time.monotonic()
    terraform = find_terraform(_STATE, progress=click.echo)
    scan(terraform, Path("terraform"), _STATE, Path("requirements/checkov.txt"), progress=click.echo)
    click.echo(f"security scan: passed in {time.monotonic() - start_seconds:.1f} s")


if __name__ == "__main__":
    sys.exit(exit_code(main))
