"""The base of the classes that every cold start makes: what they show of themselves, written once. Pure.

attrs writes and compiles the methods of each class when it is imported. `__repr__`, which only tests and
debuggers read, is a third of that (docs/performance.md). So these classes are made with `repr=False`, and
have this one.
"""

from typing import Any, cast

import attrs


class Value:
    """A value with attributes, made by attrs.

    `repr` shows what attrs' own would show: the attributes, but those declared with `repr=False`.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        fields = attrs.fields(cast("Any", type(self)))
        shown = [f"{field.name}={getattr(self, field.name)!r}" for field in fields if field.repr]
        return f"{type(self).__qualname__.rpartition('>.')[2]}({', '.join(shown)})"
