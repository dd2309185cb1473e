"""Terraform and the handler agree on names: environment variables, event types, the entry point."""

import importlib
import re
from pathlib import Path

import pytest

from stripe_subscription_handler.config import VARIABLES
from stripe_subscription_handler.drift_check import app as drift_check
from stripe_subscription_handler.drift_check import settings
from stripe_subscription_handler.events.event_types import (
    DEFAULT_EVENT_TYPES,
    INVOICE_EVENTS,
    SUBSCRIPTION_EVENTS,
)
from stripe_subscription_handler.webhook_bridge import settings as bridge_settings
from stripe_subscription_handler.webhook_bridge.entry import EVENT_SOURCE
from stripe_subscription_handler.webhook_bridge.signing_secrets import SigningSecrets

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


def test_terraform_sets_exactly_the_variables_the_drift_check_adds() -> None:
    """The rest are the handler's own, which are merged with them."""
    text = _text("modules/drift_check/main.tf")
    block = re.search(r"merge\(var\.handler_environment_variables, \{(.*?)\n  \}\)", text, re.DOTALL)
    assert block is not None
    assert set(re.findall(r"\b([A-Z][A-Z_]+)\s*=", block[1])) == set(settings.VARIABLES.values())


def test_terraform_has_the_drift_checks_defaults() -> None:
    """Settings that are not named are the same on both sides."""
    text = _text("variables_drift_check.tf")
    defaults = dict(re.findall(r'variable "drift_check_(\w+)" \{.*?default +=\s*(\S+)', text, re.DOTALL))
    found = settings.DriftCheckSettings()
    assert {name: defaults[name] for name in settings.VARIABLES} == {
        "repair": str(found.repair).lower(),
        **{name: f"{getattr(found, name):g}" for name in settings.VARIABLES if name != "repair"},
    }


def test_the_schedule_sends_what_the_drift_check_takes() -> None:
    """A constant that stands on both sides."""
    text = _text("modules/drift_check/schedule.tf")
    sent = re.search(r'input = jsonencode\(\{ "(.*?)" = "(.*?)" \}\)', text)
    assert sent is not None
    assert {sent[1]: sent[2]} == drift_check.REQUEST


def test_terraform_sets_exactly_the_variables_the_bridge_reads() -> None:
    """The same, for the webhook bridge; and the source is called the same on both sides."""
    block = re.search(r"variables = merge\((.*?)\n    \)", _text("modules/webhook_bridge/main.tf"), re.DOTALL)
    assert block is not None
    names = set(re.findall(r"\b([A-Z][A-Z_]+)\s*=", block[1]))
    kind = SigningSecrets.kind
    assert names == {*bridge_settings.VARIABLES.values(), kind.secret_arn_variable, kind.parameter_variable}
    assert f'webhook_bridge_event_source = "{EVENT_SOURCE}"' in _text("locals.tf")


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


@pytest.mark.parametrize("module_name", ["handler", "drift_check", "webhook_bridge"])
def test_the_entry_point_exists(module_name: str) -> None:
    """The handler Terraform names can be imported and called."""
    handler = re.search(r'handler\s*=\s*"([\w.]+)"', _text(f"modules/{module_name}/main.tf"))
    assert handler is not None
    module, _, function = handler[1].rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))
