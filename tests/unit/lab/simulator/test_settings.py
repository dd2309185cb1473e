"""The settings that the truth follows, as a person writes them and as Terraform takes them."""

import json

import pytest

from stripe_handler_cli.lab.simulator.truth.settings import CHOSEN, DEFAULTS, Settings, parse_settings
from stripe_subscription_handler.decisions.view_settings import ViewSettings


def test_they_have_the_handlers_names_and_defaults() -> None:
    """So that a run can configure the handler by them."""
    assert ViewSettings(**vars_of(DEFAULTS)) == ViewSettings()
    assert ViewSettings(**vars_of(CHOSEN)).plan_product_ids == CHOSEN.plan_product_ids


def vars_of(settings: Settings) -> dict[str, object]:
    """Every setting by its name."""
    return {name: getattr(settings, name) for name in settings.as_values()}


def test_what_is_chosen_is_nowhere_the_default() -> None:
    """But for the metadata, which would keep another app's subscription from ever becoming ours."""
    same = {name for name, value in CHOSEN.as_values().items() if value == DEFAULTS.as_values()[name]}
    assert same == {"required_metadata"}


def test_what_terraform_takes_reads_back() -> None:
    """Every value is JSON."""
    values = CHOSEN.as_values()
    assert parse_settings(f"{name}={json.dumps(value)}" for name, value in values.items()) == CHOSEN
    assert parse_settings(["access_past_due_days=null"], CHOSEN).access_past_due_days is None


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("nonsense=1", "unknown setting 'nonsense'"),
        ("access_renewal_grace_hours", "wants JSON"),
        ("plan_product_ids=prod_1", "wants JSON"),
        ("access_renewal_grace_hours=true", "cannot be true"),
        ("access_past_due_days=true", "cannot be true"),
        ("access_renewal_grace_hours=null", "cannot be null"),
        ("access_while_collection_paused=1", "cannot be 1"),
        ("plan_product_ids=[1]", r"cannot be \[1\]"),
        ('required_metadata={"a": 1}', "cannot be"),
    ],
)
def test_what_cannot_be_a_setting_is_refused(assignment: str, message: str) -> None:
    """With its name."""
    with pytest.raises(ValueError, match=message):
        parse_settings([assignment])
