"""Terraform and the handler agree on names: environment variables, event types, the entry point."""

import importlib
import re
from pathlib import Path

from stripe_subscription_handler.config import VARIABLES
from stripe_subscription_handler.event_types import DEFAULT_EVENT_TYPES, INVOICE_EVENTS, SUBSCRIPTION_EVENTS

TERRAFORM = Path(__file__).parents[2] / "terraform"
SECRET_VARIABLES = {"STRIPE_SECRET_ARN", "STRIPE_SECRET_PARAMETER"}


def _text(path: str) -> str:
    return (TERRAFORM / path).read_text(encoding="utf-8")


def test_terraform_sets_exactly_the_variables_the_handler_reads() -> None:
    """A variable that only one side knows is a setting that does nothing."""
    text = _text("modules/handler/main.tf")
    block = re.search(r"environment_variables = merge\((.*?)\n  \)", text, re.DOTALL)
    assert block is not None
    names = set(re.findall(r"\b([A-Z][A-Z_]+)\s*=", block[1]))
    assert names == {*VARIABLES.values(), *SECRET_VARIABLES}


def _event_types(text: str) -> set[str]:
    return set(re.findall(r'"((?:customer|invoice|checkout)\.[a-z_.]+)"', text))


def test_the_rule_admits_the_documented_five_by_default() -> None:
    """The variable's default is the library's own list."""
    default = re.search(r'variable "event_types".*?default\s*=\s*\[(.*?)\]', _text("variables.tf"), re.DOTALL)
    assert default is not None
    assert _event_types(default[1]) == set(DEFAULT_EVENT_TYPES)


def test_every_type_that_may_be_configured_is_handled() -> None:
    """Nobody can subscribe to a type that the handler would only skip, nor miss one it handles.

    Thin events have the same types behind a `v1.`, which Terraform takes off before it compares.
    """
    variable = re.search(r'variable "event_types" \{.*?\n\}', _text("variables.tf"), re.DOTALL)
    assert variable is not None
    assert _event_types(variable[0]) == {*SUBSCRIPTION_EVENTS, *INVOICE_EVENTS}


def test_the_entry_point_exists() -> None:
    """The handler Terraform names can be imported and called."""
    handler = re.search(r'handler\s*=\s*"([\w.]+)"', _text("modules/handler/main.tf"))
    assert handler is not None
    module, _, function = handler[1].rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))
