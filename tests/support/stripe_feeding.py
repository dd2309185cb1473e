"""A fake Stripe whose updates of subscriptions reach a deployed stack, as an event destination's do."""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from stripe_handler_cli.lab.fake_stripe import Destinations, FakeStripe, InMemoryPartner, objects
from stripe_handler_cli.stack.pipeline import Pipeline


@attrs.define
class OntoTheBus(InMemoryPartner):
    """Puts events on a stack's bus, whatever the event source is called there.

    Attributes:
        pipeline: The stack.
    """

    pipeline: Pipeline = attrs.field(kw_only=True)

    def put(self, name: str, events: Sequence[Mapping[str, Any]]) -> None:  # noqa: ARG002 - there is one bus
        """Put events on the bus."""
        self.pipeline.put(*events)


def stripe_feeding(pipeline: Pipeline, *bodies: Mapping[str, Any]) -> FakeStripe:
    """A Stripe with these objects; a context manager."""
    destinations = Destinations(OntoTheBus(pipeline=pipeline))
    destinations.create(
        {
            "type": "amazon_eventbridge",
            "name": "ours",
            "event_payload": "snapshot",
            "enabled_events": ["customer.subscription.updated"],
            "amazon_eventbridge": {"aws_account_id": "123456789012", "aws_region": "us-east-1"},
        }
    )
    return FakeStripe(objects(*bodies), destinations=destinations)
