"""Switches a rule of the lean client off, and cases that come out otherwise then."""

import importlib
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from stripe_subscription_handler.dynamodb import lean
from support.dynamodb_wire import clients
from support.dynamodb_wire.clients import ENVIRONMENT, LEAN
from support.dynamodb_wire.comparing import alike, ran_by
from support.dynamodb_wire.server import WireDynamoDB
from support.dynamodb_wire.steps import Step

PACKAGE = lean.__name__
FOLDER = Path(lean.__path__[0])


Case = Callable[[WireDynamoDB], object]


@attrs.frozen
class Mutant:
    """One rule switched off.

    Attributes:
        rule: The rule.
        file: The lean client's file that holds it.
        old: Its text there, which must be found exactly once.
        new: What stands there instead.
        case: Passes with the rule, and fails with an assertion without it.
    """

    rule: str
    file: str
    old: str
    new: str
    case: Case = attrs.field(repr=False)

    def __str__(self) -> str:
        """The rule, for test ids."""
        return self.rule


@contextmanager
def mutated(mutant: Mutant, directory: Path) -> Iterator[Any]:
    """Import a copy of the lean client without a rule; yields its module of the client."""
    name = f"lean_without_{abs(hash(mutant.rule))}"
    shutil.copytree(FOLDER, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (directory / name).glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name == mutant.file:
            text = text.replace(mutant.old, mutant.new)
        path.write_text(text.replace(PACKAGE, name), encoding="utf-8")
    sys.path.insert(0, str(directory))
    try:
        yield importlib.import_module(f"{name}.client")
    finally:
        sys.path.remove(str(directory))
        for module in [one for one in sys.modules if one.partition(".")[0] == name]:
            del sys.modules[module]


def both(*steps: Step, **circumstances: Any) -> Case:
    """Both clients come to the same."""
    return lambda wire: alike(wire, *steps, **circumstances)


def lean_alone(error: str | None, *steps: Step) -> Case:
    """The lean client alone, where botocore takes half for whole; None: it tells the item in the end."""

    def case(wire: WireDynamoDB) -> None:
        [told] = ran_by(wire, LEAN, *steps).told
        assert told.error == error
        assert error or told.value.get("Item")

    return case


def botocores(**variables: str | None) -> Case:
    """An environment, changed so, is not the lean client's."""

    def case(_: WireDynamoDB) -> None:
        assert clients.PlainEnvironment.of(_changed(variables)) is None

    return case


def endpoint(url: str, **variables: str | None) -> Case:
    """An environment, changed so, has an endpoint."""

    def case(_: WireDynamoDB) -> None:
        found = clients.PlainEnvironment.of(_changed(variables))
        assert found is not None
        assert found.endpoint_url == url

    return case


def _changed(variables: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**ENVIRONMENT, **variables}.items() if value is not None}
