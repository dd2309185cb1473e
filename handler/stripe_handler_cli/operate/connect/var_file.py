"""An environment's variable file: sets one string in its text, or takes it out; changes it in one piece.

The text is looked at by lines; no more of Terraform's language is known here than what could look like a
line: comments, heredocs and strings. So `edit` has the result checked before it takes the file's place.

Source: Terraform's native syntax, https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

import difflib
import json
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from stripe_handler_cli.common.errors import CliError

_TOKEN: Final = re.compile(
    r'"(?:[^"\\\n]|\\.)*"|(?:#|//)[^\n]*'
    r"|(?P<aside>/\*[\s\S]*?\*/|<<-?(?P<end>\w+)[^\n]*\n(?:.*\n)*?[ \t]*(?P=end)(?=\n|\Z))"
)


def with_string(text: str, name: str, value: str) -> str:
    """Set a variable to a string: in place, else below the comment that shows it, else at the end."""
    line = f"{name} = {json.dumps(value)}\n"
    found = _assignment(text, name)
    if found is not None:
        return text[: found.start("value")] + json.dumps(value) + text[found.end("value") :]
    shown = re.search(rf"^[ \t]*(?:#|//)[ \t]*{re.escape(name)}[ \t]*=.*(?:\n|\Z)", text, re.MULTILINE)
    if shown is not None:
        above = shown[0] if shown[0].endswith("\n") else f"{shown[0]}\n"
        return text[: shown.start()] + above + line + text[shown.end() :]
    break_before = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{break_before}{chr(10) if text.strip() else ''}{line}"


def without(text: str, name: str) -> str:
    """Take a variable out, and the empty line that `with_string` put before it at the end of a file."""
    found = _assignment(text, name)
    if found is None:
        return text
    before, after = text[: found.start()], text[found.end() :]
    return before[:-1] if not after and before.endswith("\n\n") else before + after


def _assignment(text: str, name: str) -> re.Match[str] | None:
    """The line that sets a variable to a string or null, with its break."""
    lines = _TOKEN.sub(lambda token: re.sub(r"[^\n]", " ", token[0]) if token["aside"] else token[0], text)
    return re.compile(
        rf'^[ \t]*{re.escape(name)}[ \t]*=[ \t]*(?P<value>"(?:[^"\\\n]|\\.)*"|null\b).*(?:\n|\Z)',
        re.MULTILINE,
    ).search(lines)


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
    try:
        before = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise CliError(f"{path} cannot be read: {error}") from error
    after = change(before)
    try:
        _replace(path.resolve(), after, check)
    except OSError as error:
        raise CliError(f"{path} cannot be written: {error.strerror}") from error
    both = before.splitlines(), after.splitlines()
    return "\n".join(difflib.unified_diff(*both, str(path), str(path), n=1, lineterm=""))


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
