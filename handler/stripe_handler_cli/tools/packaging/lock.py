"""Maintainers' step of `make lock`: turns resolved versions into the hashes of their pure wheels.

Run as `python -m stripe_handler_cli.tools.packaging.lock RESOLVED OUT`, where RESOLVED holds one
`name==version` a line. A package without a pure wheel stops it: such a package cannot go into the zip.
"""

import sys
import tempfile
from pathlib import Path

from stripe_handler_cli.common.errors import exit_code
from stripe_handler_cli.tools.packaging.locked import LockedWheel, format_lock
from stripe_handler_cli.tools.packaging.wheels import download_pure_wheels, sha256_of


def lock(resolved: Path, out: Path) -> None:
    lines = map(str.strip, resolved.read_text(encoding="utf-8").splitlines())
    pins = [line for line in lines if line and not line.startswith("#")]
    with tempfile.TemporaryDirectory() as scratch:
        locked = [_locked(path) for path in download_pure_wheels(pins, Path(scratch))]
    out.write_text(format_lock(locked), encoding="utf-8")


def _locked(wheel: Path) -> LockedWheel:
    name, version, *_ = wheel.name.split("-")
    return LockedWheel(name=name.replace("_", "-").lower(), version=version, sha256=sha256_of(wheel))


def main(arguments: list[str]) -> int:
    try:
        resolved, out = map(Path, arguments)
    except ValueError:
        sys.stderr.write("usage: python -m stripe_handler_cli.tools.packaging.lock RESOLVED OUT\n")
        return 2
    return exit_code(lambda: lock(resolved, out))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
