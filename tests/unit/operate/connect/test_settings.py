"""What an environment's variable file means for a connection."""

from typing import Any

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.connect.settings import VARIABLES, Settings, read_settings
from stripe_handler_cli.tools.terraform.console import values_in
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES
from support.terraform import ROOT, defaults, terraform

PLACE = "x.tfvars"


def test_what_is_not_named_has_terraforms_default() -> None:
    """The five types, any mode, a custom bus, the shell's region."""
    assert read_settings({"prefix": "bayon"}, PLACE) == Settings(prefix="bayon")
    declared = defaults("livemode", "event_types", *set(VARIABLES) - {"prefix"})
    assert read_settings({"prefix": "bayon", **declared}, PLACE) == Settings(prefix="bayon")


def test_the_production_file_is_read() -> None:
    """As it is in the checkout."""
    path = ROOT / "environments" / "production.tfvars.example"
    settings = read_settings(values_in(terraform(), path, VARIABLES), path.name)
    assert (settings.prefix, settings.livemode, settings.source_name) == ("bayon", "live", None)
    assert settings.package_path == "../dist/handler.zip"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, "x.tfvars: prefix is missing"),
        ({"prefix": 3}, "x.tfvars: prefix must be a string"),
        ({"prefix": "a", "event_types": "b"}, "event_types must be a list"),
        ({"prefix": "a", "event_types": ["b", 3]}, "event_types must be a list of strings"),
        ({"prefix": "a", "livemode": "both"}, "livemode must be live, test or any"),
        ({"prefix": "a", "connect_events": "take"}, "connect_events must be skip or handle"),
        ({"prefix": "a", "stripe_api_url": "http://evil.example"}, "a Stripe key is sent nowhere else"),
    ],
)
def test_a_wrong_file_is_refused(values: dict[str, Any], problem: str) -> None:
    """The message names the file and the variable."""
    with pytest.raises(CliError, match=problem):
        read_settings(values, PLACE)


def test_types_follow_the_payload() -> None:
    """Where both forms are admitted, each destination sends its own."""
    both = ("invoice.paid", "v1.invoice.paid")
    settings = Settings(prefix="a", event_types=both, has_stripe_key=True)
    assert settings.types_of("snapshot") == ("invoice.paid",)
    assert settings.types_of("thin") == ("v1.invoice.paid",)
    assert Settings(prefix="a").types_of("snapshot") == DEFAULT_EVENT_TYPES


def test_thin_events_want_types_and_a_key() -> None:
    """The messages say what to write into the file."""
    with pytest.raises(CliError, match=r'event_types = \["v1.customer.subscription.created", '):
        Settings(prefix="a").types_of("thin")
    with pytest.raises(CliError, match="stripe_secret_arn"):
        Settings(prefix="a", event_types=("v1.invoice.paid",)).types_of("thin")


@pytest.mark.parametrize("url", ["https://api.stripe.com", "http://127.0.0.1:12111"])
def test_stripe_is_asked_where_the_function_asks(url: str) -> None:
    """The file's `stripe_api_url`, under Terraform's own rule."""
    assert read_settings({"prefix": "a", "stripe_api_url": url}, PLACE).stripe_url == url
