"""The short forms in which the ledger keeps times and versions: each byte is paid for with every write. Pure.

By itself a time is the number of seconds since 1970. Inside a version, which DynamoDB compares as text, it is
as many digits as keep the order. Whatever is no time stays as it is.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

LOWEST_SECOND = "0000-00-00T00:00:00Z"
"""Sorts before every second."""
_LOWEST = "."
"""`LOWEST_SECOND` inside a version; it sorts before every digit."""
_KEPT = 1_000
"""Times whose other form is kept at hand: one event asks for the same ones several times."""
_DIGITS = 10
_LATE = "~"
"""Begins what ten digits do not reach, the time from the year 2286 on; it sorts after every digit."""


@lru_cache(maxsize=_KEPT)
def stored_time(time: str) -> int | str:
    """ISO-8601 UTC → seconds since 1970."""
    if len(time) != len(LOWEST_SECOND) or time[4:20:3] != "--T::Z":
        return time
    try:
        seconds = int(datetime.fromisoformat(time).timestamp())
    except ValueError:
        return time
    return seconds if seconds >= 0 else time


def read_time(stored: Any) -> str | None:
    """Seconds since 1970, as DynamoDB gives them back, → ISO-8601 UTC."""
    if stored is None or isinstance(stored, str):
        return stored
    return _iso(int(stored))


@lru_cache(maxsize=_KEPT)
def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()[: len(LOWEST_SECOND) - 1] + "Z"


def stored_word(time: str) -> str:
    """A time as it stands in a version: sorts as the times do."""
    if time == LOWEST_SECOND:
        return _LOWEST
    seconds = stored_time(time)
    if isinstance(seconds, str):
        return seconds
    digits = f"{seconds:0{_DIGITS}}"
    return digits if len(digits) == _DIGITS else f"{_LATE}{seconds:012}"


def read_word(word: str) -> str:
    """The reverse of `stored_word`."""
    if word == _LOWEST:
        return LOWEST_SECOND
    digits = word.removeprefix(_LATE)
    is_time = digits.isdecimal() and len(digits) >= _DIGITS
    return _iso(int(digits)) if is_time else word


def stored_version(version: str, places: Iterable[int]) -> str:
    """A version in its short form; `places` tells which of its words are times."""
    words = version.split(" ")
    for place in places:
        if place < len(words):
            words[place] = stored_word(words[place])
    return " ".join(words)


def read_version(stored: str, places: Iterable[int]) -> str:
    """The reverse of `stored_version`."""
    words = stored.split(" ")
    for place in places:
        if place < len(words):
            words[place] = read_word(words[place])
    return " ".join(words)
