"""A simulated account through the real pipeline, with duplicates, disorder and killed handlers."""

from typing import TYPE_CHECKING

import pytest

from stripe_handler_cli.chaos.run import Chaos
from stripe_handler_cli.local_aws import LocalAws
from stripe_handler_cli.stack import Endpoint
from stripe_subscription_handler.event_types import DEFAULT_EVENT_TYPES

if TYPE_CHECKING:
    from conftest import Stack


@pytest.mark.embedded
def test_chaos_ends_in_the_truth(endpoint: Endpoint, stack: "Stack", running: LocalAws) -> None:
    """Every profile equals what the simulator knows; handlers did die, and events did come twice and late."""
    wanted = Chaos(users=8, seed=5, event_types=DEFAULT_EVENT_TYPES)
    certificate = wanted.run(endpoint, stack.pipeline, running)
    assert certificate.counterexamples == []
    assert certificate.profiles_compared >= 8
    assert min(certificate.kills, certificate.duplicates, certificate.reorderings) > 0
