"""CloudWatch Logs filter patterns that find the lines about something. Pure.

They only save reading: whoever asks looks at each line again, because a pattern's `*` is a wildcard.
"""

from collections.abc import Iterable, Iterator

LONGEST_PATTERN = 1024
"""Characters; the limit of CloudWatch Logs."""


def patterns(conditions: Iterable[tuple[str, str]]) -> list[str]:
    """Make as few patterns as needed for "one of these fields has one of these values".

    Args:
        conditions: Pairs of a field of the line and its value.

    Returns:
        Patterns to be read one after the other; one empty pattern, which every line matches, where a value
        cannot be put into a pattern.
    """
    found = list(dict.fromkeys(conditions))
    if any('"' in value or "\\" in value or not value.isprintable() for _, value in found):
        return [""]
    return list(_joined(f'$.{field} = "{value}"' for field, value in found))


def _joined(parts: Iterable[str]) -> Iterator[str]:
    waiting: list[str] = []
    for part in parts:
        if waiting and len(_pattern([*waiting, part])) > LONGEST_PATTERN:
            yield _pattern(waiting)
            waiting = []
        waiting.append(f"({part})")
    if waiting:
        yield _pattern(waiting)


def _pattern(parts: list[str]) -> str:
    return f"{{ {' || '.join(parts)} }}"
