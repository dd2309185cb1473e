"""Imports a package without executing those of its imports that nobody may ever use, for faster cold starts.

What is left out is loaded when one of its attributes is first read. The standard library's `LazyLoader` would
load it already when a second module imports it, as asyncio is by stripe after structlog.
"""

import importlib
import sys
import threading
from collections.abc import Collection, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from importlib.abc import Loader  # which brings tempfile, shutil and inspect along


class _LoadedOnUse:
    """Gives a module a `__getattr__` that first executes it. A loader, as importlib wants it."""

    def __init__(self, loader: "Loader") -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        names, lock, waiting = vars(module), threading.RLock(), [self.loader]
        if module.__spec__ is not None:
            module.__spec__.loader = module.__loader__ = self.loader

        def load(name: str) -> Any:
            with lock:  # another thread waits until the module is whole
                if waiting:
                    waiting.pop().exec_module(module)
            if name not in names and names["__getattr__"] is load:
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}", name=name)
            return names[name] if name in names else names["__getattr__"](name)

        names["__getattr__"] = load


class _Finder:
    """Finds some modules as any finder does, and has them loaded on use. Made before attrs is imported."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname in self.names else None
        if spec is not None and spec.loader is not None:
            spec.loader = cast("Loader", _LoadedOnUse(spec.loader))
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
