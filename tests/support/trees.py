"""Places in parsed JSON: finding them all, and putting something else there."""

from collections.abc import Iterable, Iterator
from typing import Any

Path = tuple[str | int, ...]
"""Keys and indices from the root to a node."""


def nodes(value: Any) -> Iterator[Path]:
    """Every node of parsed JSON below its root, however deep."""
    waiting: list[tuple[Path, Any]] = [((), value)]
    while waiting:
        path, node = waiting.pop()
        if path:
            yield path
        children: Iterable[tuple[str | int, Any]] = ()
        if isinstance(node, dict):
            children = node.items()
        elif isinstance(node, list):
            children = enumerate(node)
        waiting += [((*path, key), child) for key, child in children][::-1]


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
