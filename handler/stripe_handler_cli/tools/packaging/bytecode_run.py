"""Run by the runtime's Python: compiles every source below a directory, without docstrings.

`bytecode_run.py STAGE PLACE`: PLACE is the directory that STAGE will be, which tracebacks name. What `-OO`
leaves out is more: it takes the assertions along, by which stripe and attrs check what they do.
"""

import ast
import importlib.util
import marshal
import sys
from pathlib import Path

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_UNCHECKED_HASH = (0b01).to_bytes(4, "little")
"""PEP 552's flags: what follows is the source's hash, and nobody need compare it."""


def without_docstrings(source: bytes) -> ast.Module:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            docstring = node.body.pop(0)
            if not node.body:
                node.body.append(ast.copy_location(ast.Pass(), docstring))
    return tree


def compiled(source: bytes, name: str) -> bytes:
    """The content of the `.pyc` of a source, whose code says that it is the file `name`."""
    code = compile(without_docstrings(source), name, "exec", dont_inherit=True)
    header = importlib.util.MAGIC_NUMBER + _UNCHECKED_HASH + importlib.util.source_hash(source)
    return header + marshal.dumps(code)


def main(stage: str, place: str) -> None:
    for path in sorted(Path(stage).rglob("*.py")):
        name = path.relative_to(stage).as_posix()
        target = Path(importlib.util.cache_from_source(str(path)))
        target.parent.mkdir(exist_ok=True)
        try:
            target.write_bytes(compiled(path.read_bytes(), f"{place}/{name}"))
        except SyntaxError as error:
            sys.exit(f"{name}, line {error.lineno}: {error.msg}")


if __name__ == "__main__":
    main(*sys.argv[1:])
