"""Which of a Terraform root's outputs are a stack's. Pure.

The stack's own root has them at the top. A root of somebody else's passes on what modules/pipeline gives: the
module as one output (`value = module.stripe`), or, called with `for_each`, one for each environment in it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError

_MARK = "function_name"
"""An output that every stack has."""


@attrs.frozen
class StackOutputs:
    """The outputs of one stack.

    Attributes:
        path: Where they are among those of a root of somebody else's, as `stripe.staging`; None for the
            stack's own root.
    """

    values: Mapping[str, Any]
    path: str | None = None

    def with_values(self, others: Mapping[str, Any]) -> "StackOutputs":
        """Some values replaced."""
        return attrs.evolve(self, values={**self.values, **others})

    def is_called(self, name: str) -> bool:
        """Whether it is meant by a name: where it is, or its environment."""
        return name in {self.path, self.values.get("environment")}

    def __str__(self) -> str:
        """By what its function is called."""
        return f"--stack {self.path} ({self.values[_MARK]})"


def passed_on(outputs: Mapping[str, Any]) -> list[StackOutputs]:
    """The stacks whose outputs a root passes on whole, in the order of their places."""
    return [StackOutputs(values, path) for path, values in sorted(_nested(outputs), key=lambda one: one[0])]


def one_stack(outputs: Mapping[str, Any], name: str | None, place: str) -> StackOutputs:
    """Find the outputs of the stack that is meant.

    Outputs that hold no stack, neither at the top nor below, are taken as they are: a file of some outputs
    may be enough for a command, which names the one that it misses.

    Args:
        name: What a person calls it; None where nobody said.
        place: Where the outputs come from, for messages.

    Raises:
        CliError: No stack is called so, or there are several; the message lists them.
    """
    if name is None and _MARK in outputs:
        return StackOutputs(outputs)
    all_of_them = passed_on(outputs)
    found = [one for one in all_of_them if name is None or one.is_called(name)]
    if len(found) == 1:
        return found[0]
    if name is None and not found:
        return StackOutputs(outputs)
    listed = "".join(f"\n  {one}" for one in found or all_of_them)
    if not listed:
        raise CliError(f"{place} passes on no stack, so none is called {name}: leave --stack out.")
    wrong = "more than one stack" if found else f"no stack called {name}"
    raise CliError(f"{place} has {wrong}. Say which:{listed}")


def _nested(outputs: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in outputs.items():
        if _is_stack(value):
            yield name, value
        elif isinstance(value, Mapping):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items() if _is_stack(inner))


def _is_stack(value: object) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get(_MARK), str)
