"""Folds text between words only: what somebody copies, an id or an ARN, is never broken. Pure."""

import re

from rich.cells import cell_len
from rich.text import Text

_WORD = re.compile(r"\S+")
_WORD_OR_COMMAND = re.compile(r"(?:`[^`\n]+`|\S)+")


def fold(text: Text, width: int) -> list[Text]:
    """The lines of a text. A word that is longer than the width has a line of its own, and stays whole."""
    return _lines(text, width, _WORD)


def fold_prose(text: Text, width: int) -> list[Text]:
    """The same for sentences outside of tables: what they put in backticks is copied too, and one word."""
    return _lines(text, width, _WORD_OR_COMMAND)


def longest_word(text: str) -> int:
    """How wide the text is at least."""
    return max(map(cell_len, text.split()), default=0)


def _lines(text: Text, width: int, word: re.Pattern[str]) -> list[Text]:
    return [line for whole in text.split("\n", allow_blank=True) for line in _folded(whole, width, word)]


def _folded(text: Text, width: int, one: re.Pattern[str]) -> list[Text]:
    """The lines of one line; it keeps what it is indented by."""
    offsets: list[int] = []
    begin = 0
    for word in one.finditer(text.plain):
        is_first = not text.plain[begin : word.start()].strip()
        if not is_first and cell_len(text.plain[begin : word.end()]) > width:
            offsets.append(word.start())
            begin = word.start()
    lines = list(text.divide(offsets)) if offsets else [text.copy()]
    for line in lines:
        line.rstrip()
    return lines
