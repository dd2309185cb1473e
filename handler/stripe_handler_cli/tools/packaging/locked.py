"""Reads and writes the list of wheels for the zip: one name, one version, one hash a line. No network.

One hash a package, that of its pure wheel, is what makes the list say exactly which bytes go in: an index
lists dozens of files for some packages, and only one of them runs on every machine.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import attrs

from stripe_handler_cli.common.errors import CliError

ONLY_FOR_STRIPE = {"certifi", "charset-normalizer", "idna", "requests", "stripe", "typing-extensions"}
"""stripe, and what nothing else in the zip needs; a contract test compares it with the packages' metadata."""

REPLACED = frozenset({"certifi", "charset-normalizer", "idna", "requests"})
"""What stripe would send requests with. It is handed a client of ours (`stripe_side.unparsed`), for which the
runtime's urllib3 is enough, and the certificates that stripe brings."""

_LINE = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>\S+) --hash=sha256:(?P<sha256>[0-9a-f]{64})")


@attrs.frozen(kw_only=True)
class LockedWheel:
    """One package of the zip, by its normalised name, pinned to the bytes of its `py3-none-any` wheel."""

    name: str
    version: str
    sha256: str

    def line(self) -> str:
        """The requirement as pip reads it."""
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}"


def parse_lock(text: str) -> tuple[LockedWheel, ...]:
    """The packages that the text of a lock names, in its order."""
    wheels = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise CliError(
                f"line {number} of the zip's requirements is not 'name==version --hash=sha256:...': "
                f"{line!r}; write the file again with 'make lock'"
            )
        wheels.append(LockedWheel(**match.groupdict()))
    return tuple(wheels)


def format_lock(wheels: Iterable[LockedWheel]) -> str:
    """The text of a lock, sorted by name, with a heading that says how to write it again."""
    heading = (
        "# Written by 'make lock' from handler.in; do not edit. One hash a package: that of its pure wheel.\n"
    )
    return heading + "".join(f"{wheel.line()}\n" for wheel in sorted(wheels, key=lambda wheel: wheel.name))


def read_lock(path: Path) -> tuple[LockedWheel, ...]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CliError(f"{path} is missing: write it with 'make lock'") from error
    return parse_lock(text)
