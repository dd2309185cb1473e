"""The base of the classes that every cold start makes: what they show of themselves, written once. Pure.

attrs writes and compiles the methods of each class when it is imported. `__repr__`, which only tests and
debuggers read, is a third of that, and comparing and hashing is a quarter (docs/performance.md). So these
classes are made with `repr=False`, those that no event compares with `eq=False` too, and have the methods
below.
"""

from typing import Any, cast

import attrs


class Value:
    """A value with attributes, made by attrs.

    `repr` shows what attrs' own would show: the attributes, but those declared with `repr=False`. Two of one
    class are equal if their attributes are, but for those declared with `eq=False`.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _compared(self) == _compared(other)

    def __hash__(self) -> int:
        return hash((type(self), _compared(self)))

    def __repr__(self) -> str:
        fields = attrs.fields(cast("Any", type(self)))
        shown = [f"{field.name}={getattr(self, field.name)!r}" for field in fields if field.repr]
        return f"{type(self).__qualname__.rpartition('>.')[2]}({', '.join(shown)})"


def _compared(value: object) -> tuple[Any, ...]:
    fields = attrs.fields(cast("Any", type(value)))
    return tuple(getattr(value, field.name) for field in fields if field.eq)
