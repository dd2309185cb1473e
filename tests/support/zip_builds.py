"""Builds the Lambda zip in changed surroundings, and says which packages it and the runtime hold."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import attrs

ROOT = Path(__file__).resolve().parents[2]
RUNTIME_HAS = "boto3"


@attrs.frozen
class Build:
    """A zip and what the command said of it."""

    path: Path
    report: dict[str, Any]


def build(out: Path, *options: str, **surroundings: str) -> Build:
    """Build the zip as a person would, from another directory and with other surroundings."""
    umask, directory = int(surroundings.pop("umask"), 8), Path(surroundings.pop("directory"))
    directory.mkdir(parents=True)
    command = "from stripe_handler_cli.tools.packaging.command import package; package()"
    completed = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", command, "--project", str(ROOT), "--json", "--out", str(out), *options],
        cwd=directory,
        env={**os.environ, **surroundings},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    return Build(out, json.loads(completed.stdout))


def distributions_of(name: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return a distribution and everything it brings, extras aside."""
    seen |= {name}
    for requirement in metadata.requires(name) or ():
        if "extra ==" not in requirement:
            match = re.match(r"[A-Za-z0-9._-]+", requirement)
            assert match is not None
            other = re.sub(r"[-_.]+", "-", match.group()).lower()
            if other not in seen:
                seen = distributions_of(other, seen)
    return seen


def top_level_paths(name: str) -> Iterator[Path]:
    """Yield the packages, modules and metadata folders a distribution installs."""
    for file in metadata.files(name) or ():
        if ".." not in file.parts and file.parts[0] != "__pycache__":
            path = Path(str(file.locate()))
            yield path.parents[len(file.parts) - 2] if len(file.parts) > 1 else path
