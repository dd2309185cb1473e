"""Reads and edits a Terraform variable file as text, leaving all else in it as it was. Pure.

Only what such a file can hold: top-level `name = value`, values literal, comments anywhere. A value that is
no string, number, boolean, null or list of strings is kept as it is and cannot be read.

Source: Terraform's native syntax, https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

import json
import re
from collections.abc import Iterator
from typing import Final

import attrs

Value = str | float | bool | list[str] | None

_NAME: Final = re.compile(r"[A-Za-z_][\w-]*")
_COMMENT: Final = re.compile(r"(?:#|//)[^\n]*|/\*.*?\*/", re.DOTALL)
_STRING: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_HEREDOC: Final = re.compile(r"<<-?(\w+)[^\n]*\n(?:.*\n)*?[ \t]*\1(?=\n|\Z)")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
_OPENING, _CLOSING = "[{(", "]})"


class TfvarsError(ValueError):
    """The text is no variable file, or a value in it is none that can be read; the message says where."""


@attrs.frozen
class Assignment:
    """One `name = value` of a file.

    Attributes:
        name: The variable.
        text: Its value as written.
        start: Where the value begins, in characters.
        line_start: Where its first line begins.
        line_end: Where its last line ends, the line break included.
    """

    name: str
    text: str
    start: int
    line_start: int
    line_end: int

    @property
    def value(self) -> Value:
        """The value.

        Raises:
            TfvarsError: It is of another kind.
        """
        text = _COMMENT.sub("", self.text).strip() if self.text.startswith("[") else self.text
        if text in _WORDS:
            return _WORDS[text]
        if _NUMBER.fullmatch(text):
            return float(text)
        if _STRING.fullmatch(text):
            return _unquoted(self.name, text)
        if text.startswith("[") and text.endswith("]"):
            return self._elements(text[1:-1])
        raise TfvarsError(f"{self.name}: not a value that can be read here")

    def _elements(self, text: str) -> list[str]:
        rest = _STRING.sub("", text)
        if rest.strip(", \t\n"):
            raise TfvarsError(f"{self.name}: not a list of strings")
        return [_unquoted(self.name, found) for found in _STRING.findall(text)]


def assignments(text: str) -> dict[str, Assignment]:
    """Read a file.

    Raises:
        TfvarsError: It is no variable file.
    """
    return {found.name: found for found in _assignments(text)}


def with_string(text: str, name: str, value: str) -> str:
    """Set a variable to a string: in place, else below the comment that shows it, else at the end."""
    line = f"{name} = {json.dumps(value)}\n"
    found = assignments(text).get(name)
    if found is not None:
        return text[: found.start] + json.dumps(value) + text[found.start + len(found.text) :]
    shown = re.search(rf"^[ \t]*(?:#|//)[ \t]*{re.escape(name)}[ \t]*=.*(?:\n|\Z)", text, re.MULTILINE)
    if shown is not None:
        above = shown[0] if shown[0].endswith("\n") else f"{shown[0]}\n"
        return text[: shown.start()] + above + line + text[shown.end() :]
    break_before = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{break_before}{chr(10) if text.strip() else ''}{line}"


def without(text: str, name: str) -> str:
    """Take a variable out, and the empty line that `with_string` put before it at the end of a file."""
    found = assignments(text).get(name)
    if found is None:
        return text
    before, after = text[: found.line_start], text[found.line_end :]
    return before[:-1] if not after and before.endswith("\n\n") else before + after


def _assignments(text: str) -> Iterator[Assignment]:
    at = 0
    while True:
        at = _after_blank(text, at)
        if at >= len(text):
            return
        name = _NAME.match(text, at)
        equals = name and re.compile(r"[ \t]*=(?!=)[ \t]*").match(text, name.end())
        if name is None or not equals:
            raise TfvarsError(f"line {_line(text, at)}: expected name = value")
        start = equals.end()
        end = _value_end(text, start, name[0])
        line_end = text.find("\n", end) + 1 or len(text)
        line_start = text.rfind("\n", 0, at) + 1
        yield Assignment(name[0], text[start:end].rstrip(), start, line_start, line_end)
        at = end


def _after_blank(text: str, at: int) -> int:
    while at < len(text):
        comment = _COMMENT.match(text, at)
        if comment:
            at = comment.end()
        elif text[at].isspace():
            at += 1
        else:
            break
    return at


def _value_end(text: str, at: int, name: str) -> int:
    begun, depth = at, 0
    while at < len(text):
        skipped = _STRING.match(text, at) or _HEREDOC.match(text, at)
        if skipped:
            at = skipped.end()
            continue
        comment = _COMMENT.match(text, at)
        if comment and not depth:
            break
        if comment:
            at = comment.end()
            continue
        character = text[at]
        if character == "\n" and not depth:
            break
        depth += (character in _OPENING) - (character in _CLOSING)
        if character == '"' or depth < 0:
            raise TfvarsError(f"line {_line(text, at)}: {name}: not a value")
        at += 1
    if depth or at == begun:
        raise TfvarsError(f"line {_line(text, begun)}: {name}: the value does not end")
    return at


def _unquoted(name: str, text: str) -> str:
    if "${" in text or "%{" in text:
        raise TfvarsError(f"{name}: a variable file holds no templates")
    try:
        return str(json.loads(text))
    except ValueError as error:
        raise TfvarsError(f"{name}: not a string that can be read here") from error


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
