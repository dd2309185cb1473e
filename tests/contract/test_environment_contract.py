"""Terraform and the handler agree on names: environment variables, event types, the entry point."""

import importlib
import json
import os
import re
from collections.abc import Mapping
from typing import Any

import pytest

from stripe_subscription_handler import config
from stripe_subscription_handler.decisions import policy
from stripe_subscription_handler.decisions.ledger import PREFIX
from stripe_subscription_handler.decisions.view import VIEW
from stripe_subscription_handler.drift_check import request as drift_check
from stripe_subscription_handler.drift_check import settings
from stripe_subscription_handler.events.event_types import (
    ADMITTED_EVENT_TYPES,
    DEFAULT_EVENT_TYPES,
    GENERATION_FAILURE_EVENT,
    HANDLED_TYPES,
)
from stripe_subscription_handler.profile_events import settings as profile_events
from stripe_subscription_handler.profile_keys import ProfileKeys
from stripe_subscription_handler.webhook_bridge import settings as bridge_settings
from stripe_subscription_handler.webhook_bridge.entry import EVENT_SOURCE
from stripe_subscription_handler.webhook_bridge.signing_secrets import SigningSecrets
from support.terraform import PIPELINE, ROOT, constants, defaults, made

SECRET_VARIABLES = {"STRIPE_SECRET_ARN", "STRIPE_SECRET_PARAMETER"}
pytestmark = pytest.mark.xdist_group("terraform")  # asked once, by one process


def _function(name: str, run: str = "with_secrets") -> Mapping[str, Any]:
    return made()[run].of("aws_lambda_function", name)


def _variables(name: str) -> set[str]:
    """Those that a function may get; which secret it reads depends on the settings."""
    return {key for run in made() for key in _function(name, run)["environment"][0]["variables"]}


def test_one_process_of_the_suite_asks_terraform(request: pytest.FixtureRequest) -> None:
    """Pytest-xdist keeps a group together by its tests' ids, and says nothing where it fails to."""
    loaded_by_group = os.environ.get("PYTEST_XDIST_WORKER") and request.config.getoption("loadgroup")
    assert request.node.nodeid.endswith("@terraform") or not loaded_by_group


def test_terraform_sets_exactly_the_variables_the_handler_reads() -> None:
    """A variable that only one side knows is a setting that does nothing."""
    read = {*config.VARIABLES.values(), *config.VIEW_VARIABLES.values()}
    assert _variables("handler") == read | SECRET_VARIABLES


def test_terraform_sets_exactly_the_variables_the_drift_check_adds() -> None:
    """The rest are the handler's own, which are merged with them."""
    assert _variables("drift_check") == _variables("handler") | set(settings.VARIABLES.values())


def test_terraform_has_the_drift_checks_defaults() -> None:
    """Settings that are not named are the same on both sides."""
    found = settings.DriftCheckSettings()
    assert defaults(*(f"drift_check_{name}" for name in settings.VARIABLES)) == {
        f"drift_check_{name}": getattr(found, name) for name in settings.VARIABLES
    }


def test_terraform_has_the_defaults_of_what_a_profile_shows() -> None:
    """A stack that sets nothing shows what the library shows."""
    found = policy.ViewSettings()
    shown = {name: getattr(found, name) for name in config.VIEW_VARIABLES}
    assert defaults(*shown) == json.loads(json.dumps(shown, default=list))


def test_terraform_keeps_the_names_of_the_contract_from_attributes_of_ones_own() -> None:
    """Every attribute that the library shows, and the beginning of its ledger's names."""
    found = constants("view_attributes", "ledger_prefix")
    assert found == {"view_attributes": sorted(VIEW), "ledger_prefix": PREFIX}


def test_the_schedule_sends_what_the_drift_check_takes() -> None:
    """A constant that stands on both sides."""
    [target] = made()["with_secrets"].of("aws_scheduler_schedule", "drift_check")["target"]
    assert json.loads(target["input"]) == drift_check.REQUEST


def test_terraform_sets_exactly_the_variables_the_bridge_reads() -> None:
    """The same, for the webhook bridge; and the source is called the same on both sides."""
    _value, *places = SigningSecrets.variables
    assert _variables("webhook_bridge") == {*bridge_settings.VARIABLES.values(), *places}
    assert made()["with_secrets"].outputs["webhook_bridge_event_source"] == EVENT_SOURCE


def test_terraform_sets_exactly_the_variables_the_profile_events_read() -> None:
    """Theirs, and those of the handler's that they share."""
    read = {*profile_events.VARIABLES.values(), *profile_events.SHARED.values()}
    assert _variables("profile_events") == read


def test_the_same_changes_count_on_both_sides() -> None:
    """By default; the text that Terraform hands over is read as the same list."""
    wanted = list(profile_events.DEFAULT_ATTRIBUTES)
    assert constants("default_profile_events_attributes") == {"default_profile_events_attributes": wanted}


def _pattern(run: str) -> Mapping[str, Any]:
    mapping = made()[run].of("aws_lambda_event_source_mapping", "profile_events")
    [[found]] = [[one["pattern"] for one in criteria["filter"]] for criteria in mapping["filter_criteria"]]
    pattern: dict[str, Any] = json.loads(found)
    return pattern


def _admits(pattern: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Lambda's filter, as far as it is used here: objects, whole texts, and `prefix`."""
    for name, wanted in pattern.items():
        value = record.get(name)
        if isinstance(wanted, dict):
            if not isinstance(value, dict) or not _admits(wanted, value):
                return False
        elif not any(
            value == one if isinstance(one, str) else str(value).startswith(one["prefix"]) for one in wanted
        ):
            return False
    return True


PROFILE = {"PK": {"S": "USER#u"}, "SK": {"S": "PROFILE"}}


@pytest.mark.parametrize(
    "key",
    [
        PROFILE,
        {**PROFILE, "SK": {"S": "ORDER#1"}},
        {**PROFILE, "PK": {"S": "TEAM#u"}},
        {**PROFILE, "SK": {"N": "1"}},
    ],
)
def test_the_mappings_filter_admits_profiles_alone(key: dict[str, Any]) -> None:
    """It lets through what the function takes for a profile: a filtered record is never seen again."""
    assert _admits(_pattern("with_secrets"), {"dynamodb": {"Keys": key}}) is (key == PROFILE)
    plain = {name: next(iter(value.values())) for name, value in key.items()}
    assert (ProfileKeys().user_of(plain) is not None) is (key == PROFILE)


def _event_types(text: str) -> set[str]:
    return set(re.findall(r'"((?:customer|invoice|checkout|entitlements|v2)\.[a-z_.]+)"', text))


def test_the_rule_admits_the_documented_types_by_default() -> None:
    """The variable's default is the library's own list."""
    assert set(defaults("event_types")["event_types"]) == set(ADMITTED_EVENT_TYPES)


def test_the_example_with_stripes_provider_sends_the_default_types() -> None:
    """Its event destination is made for this rule, and sends snapshots."""
    text = (ROOT / "examples/stripe_provider/variables.tf").read_text(encoding="utf-8")
    assert _event_types(text) == set(DEFAULT_EVENT_TYPES)


def test_the_readme_names_the_default_types() -> None:
    """All of them in its table, and no other."""
    text = (ROOT.parent / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Which events it takes")[2].partition("\n\nThe rule holds back")[0]
    assert set(re.findall(r"`((?:\w+\.)+\w+)`", section)) == set(ADMITTED_EVENT_TYPES)


def test_every_type_that_may_be_configured_is_handled() -> None:
    """Nobody can subscribe to a type that the handler would only skip, nor miss one it handles.

    Thin events have the same types behind a `v1.`, which Terraform takes off before it compares.
    """
    text = (PIPELINE / "variables_rule.tf").read_text(encoding="utf-8")
    assert _event_types(text) == {*HANDLED_TYPES, GENERATION_FAILURE_EVENT}


@pytest.mark.parametrize("name", ["handler", "drift_check", "profile_events", "webhook_bridge"])
def test_the_entry_point_exists(name: str) -> None:
    """The handler Terraform names can be imported and called."""
    module, _, function = _function(name)["handler"].rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))
