"""Under which source events get onto a bus, and where only Stripe can put them."""

from typing import Any

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.bus import Bus
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from support.aws_fakes import FakeEvents

AWS = "https://events.eu-west-1.amazonaws.com"
LOCAL = "http://127.0.0.1:4566"
PARTNER = "aws.partner/stripe.com/ed_test_1"
STRIPE_ONLY: list[Any] = [{"prefix": "aws.partner/stripe.com"}]
BRIDGE = [*STRIPE_ONLY, "stripe-webhook-bridge"]


def stack(bus: str, url: str, sources: list[Any]) -> DeployedStack:
    """A stack on a bus, whose rule admits the sources."""
    events = FakeEvents(url, {"source": sources, "detail-type": ["invoice.paid"]})
    return DeployedStack(Endpoint({}, lambda _: events), {"event_bus_name": bus, "rule_name": "rule"})


@pytest.mark.parametrize("url", [AWS, LOCAL])
def test_on_a_custom_bus_the_source_is_the_one_the_rule_admits(url: str) -> None:
    """Read from the rule as it is deployed, as are the types."""
    bus = Bus.of(stack("acme-events", url, BRIDGE))
    assert (bus.source, bus.is_local) == ("stripe-webhook-bridge", url == LOCAL)
    assert bus.admits({"type": "invoice.paid"})
    assert not bus.admits({"type": "invoice.payment_failed"})


def test_a_custom_bus_that_admits_stripe_only_names_the_variable() -> None:
    """And what it could be set to."""
    with pytest.raises(CliError, match="bridge_event_source"):
        Bus.of(stack("acme-events", LOCAL, STRIPE_ONLY))


def test_on_a_local_partner_bus_we_are_stripe() -> None:
    """The source is the partner event source."""
    assert Bus.of(stack(PARTNER, LOCAL, STRIPE_ONLY)).source == PARTNER


@pytest.mark.parametrize("url", [AWS, "https://vpce-1.events.eu-west-1.vpce.amazonaws.com"])
def test_on_a_partner_bus_on_aws_only_stripe_puts_events(url: str) -> None:
    """The message names both ways out."""
    with pytest.raises(CliError, match=r"only Stripe.*stripe trigger.*bridge_event_source"):
        Bus.of(stack(PARTNER, url, BRIDGE))
