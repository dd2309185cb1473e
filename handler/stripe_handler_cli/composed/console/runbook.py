"""The runbook's section about an alarm, as parts that a page can show. Pure, but for reading the page.

It is the page of the checkout in which the command runs. Where there is none, an alarm's own description says
the same in short.
"""

import functools
import re
from pathlib import Path

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.packaging import find_project_root

_PAGE = Path("docs/runbook.md")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@attrs.frozen
class Part:
    """A piece of a section: `code`, `text` or `item`."""

    kind: str
    text: str


@functools.lru_cache(maxsize=1)
def runbook(start: Path) -> str:
    """The page's text, empty where there is no checkout."""
    try:
        return (find_project_root(start) / _PAGE).read_text(encoding="utf-8")
    except (CliError, OSError):
        return ""


def section(page: str, key: str) -> tuple[Part, ...]:
    """The parts of a section of second level; none where the page has no such section."""
    found = re.search(rf"^## {re.escape(key)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return tuple(_parts(found[1])) if found else ()


def _parts(text: str) -> list[Part]:
    found: list[Part] = []
    for number, block in enumerate(re.split(r"^```\w*\n?", text, flags=re.MULTILINE)):
        if number % 2:
            found.append(Part("code", block.rstrip()))
            continue
        for paragraph in re.split(r"\n\s*\n", block):
            found += _paragraph(paragraph.strip("\n"))
    return found


def _paragraph(text: str) -> list[Part]:
    if not text.strip():
        return []
    if text.startswith(("- ", "* ")):
        items = re.split(r"^[-*] ", text, flags=re.MULTILINE)[1:]
        return [Part("item", _plain(item)) for item in items]
    return [Part("text", _plain(text))]


def _plain(text: str) -> str:
    """A paragraph in one line, its links as their text."""
    return _LINK.sub(r"\1", " ".join(text.split()))
