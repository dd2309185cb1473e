"""Places in parsed JSON: finding them all, and putting something else there."""

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
"""Keys and indices from the root to a node."""


def nodes(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every node of parsed JSON below its root."""
    children: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(value, dict):
        children = iter(value.items())
    elif isinstance(value, list):
        children = iter(enumerate(value))
    for key, child in children:
        yield (*path, key)
        yield from nodes(child, (*path, key))


def at(value: Any, path: Path) -> Any:
    """The node of a path; None where a change above has removed it."""
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def put(raw: Any, path: Path, value: Any) -> None:
    """Replace a node in place, where it is still there."""
    parent = at(raw, path[:-1])
    key = path[-1]
    if isinstance(parent, dict) or (isinstance(parent, list) and isinstance(key, int) and key < len(parent)):
        parent[key] = value


def delete(raw: Any, path: Path) -> None:
    """Delete a node in place, where it is still there."""
    parent = at(raw, path[:-1])
    if isinstance(parent, dict):
        parent.pop(path[-1], None)
    elif isinstance(parent, list):
        del parent[-1:]
