"""Numbers, plurals and values in the words in which every command tells them. Pure."""

import re
from collections.abc import Mapping
from typing import Any


def plural(count: int, noun: str, many: str | None = None) -> str:
    """A number and its noun: `1 profile`, `2,000 profiles`; `many` where an s at the end does not do."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def agreeing(count: int, nouns: str) -> str:
    """Nouns of the regular kind, as `pages of a list`, for this number of them: one is a `page of a list`."""
    first, space, rest = nouns.partition(" ")
    one = re.sub("ies$", "y", first) if first.endswith("ies") else first.removesuffix("s")
    return nouns if count != 1 else one + space + rest


def in_words(value: Any) -> str:
    """A value as people read it.

    None is empty, a truth value is yes or no, a set its members in order, a map its names and values.
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{name} {in_words(part)}".rstrip() for name, part in sorted(value.items()))
        case set() | frozenset():
            return ", ".join(sorted(map(in_words, value)))
        case list() | tuple():
            return ", ".join(map(in_words, value))
    return str(value)
