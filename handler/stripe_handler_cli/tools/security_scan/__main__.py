"""`python -m stripe_handler_cli.tools.security_scan`: the Makefile's `security` step, for a checkout."""

import sys
import time
from pathlib import Path

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.security_scan.scan import scan
from stripe_handler_cli.tools.terraform.binary import find_terraform

_SOURCE = Path("terraform")
_STATE = Path(".stripe-handler/terraform")
_REQUIREMENTS = Path("requirements/checkov.txt")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Scan; returns the exit code."""
    start_seconds = time.monotonic()
    try:
        scan(find_terraform(_STATE, progress=_say), _SOURCE, _STATE, _REQUIREMENTS, progress=_say)
    except CliError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    _say(f"security scan: passed in {time.monotonic() - start_seconds:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
