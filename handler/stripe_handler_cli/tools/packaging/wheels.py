"""Fetches pure wheels through pip and keeps them by hash, so that a second build needs no network.

May run pip and write to the directory it is given. Knows nothing of what is inside a wheel.
"""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.tools.packaging.locked import LockedWheel
from stripe_handler_cli.tools.python_versions import RUNTIME_PYTHON

_PURE_WHEELS = "*-none-any.whl"

# "any", "py" and "none" admit nothing but pure wheels: a plain download on an x86 machine would take an
# x86 build of charset_normalizer, which the arm64 function could not load.
_PURE_ONLY = ("--no-deps", "--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none")


def download_pure_wheels(
    requirements: Iterable[str], directory: Path, *, require_hashes: bool = False
) -> list[Path]:
    """Download one pure wheel for each requirement, a line as pip reads it, into an empty directory."""
    listing = directory / "requirements.txt"
    listing.write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += [*_PURE_ONLY, f"--python-version={RUNTIME_PYTHON}", f"--dest={directory}"]
    command += ["--require-hashes"] if require_hashes else []
    completed = subprocess.run(  # noqa: S603 - our own arguments, no shell
        [*command, f"--requirement={listing}"], capture_output=True, text=True, check=False
    )
    listing.unlink()
    if completed.returncode != 0:
        said = "\n".join((completed.stdout + completed.stderr).strip().splitlines()[-15:])
        raise CliError(
            "pip could not download the wheels for the zip; is the package index reachable?\n" + said
        )
    return sorted(directory.glob(_PURE_WHEELS))


def fetch_wheels(lock: Sequence[LockedWheel], directory: Path, progress: Callable[[str], None]) -> list[Path]:
    """A verified wheel for each locked package; what `directory` does not hold yet is downloaded into it."""
    directory.mkdir(parents=True, exist_ok=True)
    kept = _by_sha256(directory)
    missing = [wheel for wheel in lock if wheel.sha256 not in kept]
    if missing:
        progress(
            f"Downloading {plural(len(missing), 'pure wheel')}: {', '.join(wheel.name for wheel in missing)}"
        )
        with tempfile.TemporaryDirectory(dir=directory) as scratch:
            lines = (wheel.line() for wheel in missing)
            for path in download_pure_wheels(lines, Path(scratch), require_hashes=True):
                path.replace(directory / path.name)
        kept = _by_sha256(directory)
    for wheel in lock:
        if wheel.sha256 not in kept:
            raise CliError(
                f"no pure wheel of {wheel.name} {wheel.version} has the locked hash {wheel.sha256}"
            )
    return [kept[wheel.sha256] for wheel in lock]


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _by_sha256(directory: Path) -> dict[str, Path]:
    return {sha256_of(path): path for path in sorted(directory.glob(_PURE_WHEELS))}
