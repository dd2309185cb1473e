"""Sets one string in the text of a Terraform variable file, and takes it out; all else stays as it was. Pure.

It looks at lines and knows no more of the language than what could look like one: comments, heredocs and
strings. Whoever uses it has Terraform read the result (`var_file.edit`).

Source: Terraform's native syntax, https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

import json
import re
from typing import Final

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
