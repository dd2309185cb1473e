"""Says which modules of a package the rest of the zip can import. Reads sources; imports and writes nothing.

`stripe` has a module for each of Stripe's objects and for each group of its requests, and imports them by
names that it looks up: when an attribute of its client is read, or when it makes a class of an answer. We
send raw requests and read answers ourselves (`stripe_side.unparsed`), so none of these is ever asked for.
What stays is what an `import` statement names, at the top of a module or in a function, beginning with what
our own sources use, and whatever is no module, as the certificates.
"""

import ast
from collections.abc import Iterator, Mapping

_TABLE = "_import_map"
"""stripe's table of its public names: name → (module, whether the module itself is meant)."""


def unreachable(files: Mapping[str, bytes], package: str) -> frozenset[str]:
    """The archive names of a package's modules that neither it nor another file of the zip can import.

    Imports for type checkers only (`if TYPE_CHECKING:`) do not count. A public name of the package, read as
    `package.Name`, counts as an import of the module that its table `_import_map` says.
    """
    sources = {_module(name): name for name in files if name.endswith(".py")}
    ours = {module: name for module, name in sources.items() if module.partition(".")[0] == package}
    table = _table(files[sources[package]])
    waiting = [package]
    for module, name in sources.items():
        if module not in ours and package.encode() in files[name]:
            waiting += _imported(module, name, files[name], package, table)
    reached: set[str] = set()
    while waiting:
        parts = waiting.pop().split(".")
        found = {".".join(parts[:length]) for length in range(1, len(parts) + 1)} & ours.keys() - reached
        reached |= found
        for module in found:
            waiting += _imported(module, ours[module], files[ours[module]], package, table)
    return frozenset(name for module, name in ours.items() if module not in reached)


def _module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _table(source: bytes) -> Mapping[str, str]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and [getattr(one, "id", None) for one in node.targets] == [_TABLE]:
            return {name: module for name, (module, _) in ast.literal_eval(node.value).items()}
    return {}


def _imported(module: str, name: str, source: bytes, package: str, table: Mapping[str, str]) -> Iterator[str]:
    own_package = module if name.endswith("/__init__.py") else module.rpartition(".")[0]
    for node in _executed(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = own_package.split(".")[: -(node.level - 1) or None] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{origin}.{alias.name}"
                if origin == package and alias.name in table:
                    yield table[alias.name]
        elif isinstance(node, ast.Attribute) and getattr(node.value, "id", None) == package:
            yield f"{package}.{node.attr}"
            if node.attr in table:
                yield table[node.attr]


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Everything in a source but blocks for type checkers."""
    for child in ast.iter_child_nodes(node):
        yield child
        if isinstance(child, ast.If) and getattr(child.test, "id", None) == "TYPE_CHECKING":
            for other in child.orelse:
                yield other
                yield from _executed(other)
        else:
            yield from _executed(child)
