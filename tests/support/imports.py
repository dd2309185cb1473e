"""Who imports whom, read from the sources: every `import`, inside functions and for type checkers too."""

import ast
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

HANDLER = Path(__file__).parents[2] / "handler"


@functools.cache
def modules() -> Mapping[str, Path]:
    """Name → file, of every module of the library and the CLI."""
    found = {}
    for path in sorted(HANDLER.glob("stripe_*/**/*.py")):
        parts = path.relative_to(HANDLER).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@functools.cache
def imported_names(name: str, path: Path) -> frozenset[str]:
    """The dotted names that a module imports; `from a import b` gives `a.b`."""
    return frozenset(_imported_names(name, path))


def _imported_names(name: str, path: Path) -> Iterator[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in _statements(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: -(node.level - 1) or None] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement in a tree. Most nodes are parts of expressions, where there is no import."""
    for field in ("body", "orelse", "handlers", "finalbody", "cases"):
        found = getattr(node, field, ())
        for inner in found if isinstance(found, list) else ():
            yield inner
            yield from _statements(inner)


def import_graph() -> dict[str, set[str]]:
    """Module → modules of this project that it imports."""
    known = modules()
    return {
        name: {_module(imported, known) for imported in imported_names(name, path)} - {"", name}
        for name, path in known.items()
    }


def circles(graph: Mapping[str, set[str]]) -> list[tuple[str, ...]]:
    """Pairs of modules that import each other, directly or by way of others, each pair once."""
    reached = {name: _reached(name, graph) for name in graph}
    return sorted(
        (name, other) for name in graph for other in reached[name] if name < other and name in reached[other]
    )


def _reached(name: str, graph: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = graph[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def _module(imported: str, known: Mapping[str, Path]) -> str:
    """The module that an imported name is or is in; empty where it is not this project's."""
    if imported in known:
        return imported
    origin = imported.rpartition(".")[0]
    return origin if origin in known else ""
