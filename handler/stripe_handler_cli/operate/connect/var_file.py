"""An environment's variable file on disk, changed in one piece. Knows no Stripe and no AWS."""

import difflib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from stripe_handler_cli.common.errors import CliError


def edit(path: Path, change: Callable[[str], str], check: Callable[[Path], None]) -> str:
    """Change a file; a reader sees the old text or the new, never half of it.

    Args:
        path: The file.
        change: Makes the new text of the old one.
        check: Is given a file with the new text; what it raises leaves the file as it was.

    Returns:
        The difference, as `diff -u` shows it.

    Raises:
        CliError: It cannot be read or written.
    """
    before = _read(path)
    after = change(before)
    try:
        _replace(path.resolve(), after, check)
    except OSError as error:
        raise CliError(f"{path} cannot be written: {error.strerror}") from error
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), str(path), str(path), n=1, lineterm=""
    )
    return "\n".join(lines)


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise CliError(f"{path} cannot be read: {error}") from error


def _replace(path: Path, text: str, check: Callable[[Path], None]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        check(Path(name))
        Path(name).chmod(path.stat().st_mode & 0o777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
