"""A simulated account through the real pipeline, with all that may go wrong on the way."""

from typing import TYPE_CHECKING

import pytest

from stripe_handler_cli.chaos.run import Chaos
from stripe_handler_cli.fake_stripe import FakeStripe
from stripe_handler_cli.local_aws import LocalAws
from stripe_handler_cli.stack import Endpoint
from stripe_subscription_handler.event_types import DEFAULT_EVENT_TYPES

if TYPE_CHECKING:
    from conftest import Stack


@pytest.mark.embedded
def test_chaos_ends_in_the_truth(
    endpoint: Endpoint, other_stack: "Stack", running: LocalAws, stripe: FakeStripe
) -> None:
    """Every profile equals what the simulator knows.

    Handlers did die, events did come twice and late, Stripe was asked, and did fail when it was.
    """
    wanted = Chaos(users=8, seed=58, event_types=DEFAULT_EVENT_TYPES)
    certificate = wanted.run(endpoint, other_stack.pipeline, running, stripe)
    assert certificate.counterexamples == []
    assert certificate.profiles_compared >= 8
    assert min(certificate.kills, certificate.duplicates, certificate.reorderings) > 0
    assert certificate.refetches > certificate.stripe_faults > 0
