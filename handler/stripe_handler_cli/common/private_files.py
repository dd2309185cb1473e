"""Files that hold customers' data: where they are kept, who reads them, and whether git would take them."""

import os
import shutil
import subprocess
from pathlib import Path

from stripe_handler_cli.common.errors import CliError

_OWNER_ALONE = 0o700
_IGNORED_BY_GIT = "# Holds customers' data.\n*\n"


def state_directory() -> Path:
    """Where a person's commands keep what must stay: outside every checkout, and not removed by `make clean`.

    Source: the XDG base directory specification, `XDG_STATE_HOME`.
    """
    given = os.environ.get("XDG_STATE_HOME", "")
    # A relative path is invalid there, and to be ignored.
    base = Path(given) if given.startswith("/") else Path.home() / ".local" / "state"
    return base / "stripe-handler"


def make_private_directory(path: Path) -> None:
    """Make a directory that only its owner can enter, and that git ignores wherever it is.

    Raises:
        CliError: It cannot be made.
    """
    try:
        path.mkdir(mode=_OWNER_ALONE, parents=True, exist_ok=True)
        ignore = path / ".gitignore"
        if not ignore.exists():
            ignore.write_text(_IGNORED_BY_GIT, encoding="utf-8")
    except OSError as error:
        raise CliError(f"{path} cannot be made: {error.strerror}") from error


def git_would_take(path: Path) -> bool:
    """Whether a file is in a git checkout that does not ignore it."""
    directory = path.absolute().parent
    if not any((one / ".git").exists() for one in (directory, *directory.parents)):
        return False
    git = shutil.which("git")
    if git is None:
        return True
    asked = subprocess.run(  # noqa: S603 - a path as an argument, no shell
        [git, "-C", str(directory), "check-ignore", "--quiet", "--", path.name],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return asked.returncode != 0
