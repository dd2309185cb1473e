"""Imports a package without executing those of its imports that nobody may ever use, for faster cold starts.

What is left out is loaded when one of its attributes is first read (`importlib.util.LazyLoader`).
"""

import importlib
import sys
from collections.abc import Collection, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType


class _Finder(MetaPathFinder):
    """Finds some modules as any finder does, and has them loaded lazily. Made before attrs is imported."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname in self.names else None
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


def import_without(name: str, left_out: Collection[str]) -> ModuleType:
    """Import a module, with those of its imports that `left_out` names loaded on first use.

    The module must not use them while it is imported.
    """
    finder = _Finder(frozenset(left_out))
    sys.meta_path.insert(0, finder)
    try:
        return importlib.import_module(name)
    finally:
        sys.meta_path.remove(finder)
