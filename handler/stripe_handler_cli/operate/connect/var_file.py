"""An environment's variable file on disk: read, and changed in one piece. Knows no Stripe and no AWS."""

import difflib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.connect.settings import Settings, read_settings
from stripe_handler_cli.operate.connect.tfvars import TfvarsError


def settings_in(path: Path) -> Settings:
    """Read the settings.

    Raises:
        CliError: The file cannot be read, or lacks what is needed.
    """
    return read_settings(_read(path), str(path))


def edit(path: Path, change: Callable[[str], str]) -> str:
    """Change a file; a reader sees the old text or the new, never half of it.

    Returns:
        The difference, as `diff -u` shows it.

    Raises:
        CliError: It cannot be read or written.
    """
    before = _read(path)
    try:
        after = change(before)
    except TfvarsError as error:
        raise CliError(f"{path}: {error}") from error
    try:
        _replace(path.resolve(), after)
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


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).chmod(path.stat().st_mode & 0o777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
