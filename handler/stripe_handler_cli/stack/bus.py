"""The bus of a stack: under which source events can be put on it, and what its deployed rule lets through."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.event_pattern import EventPattern

_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1", "localhost.localstack.cloud"})


def is_local(stack: DeployedStack) -> bool:
    """Whether a stack is on local AWS, where anybody is the partner, and nobody asks IAM."""
    return urlsplit(stack.endpoint.events.meta.endpoint_url).hostname in _LOCAL_HOSTS


@attrs.frozen
class Bus:
    """A bus that this command may put events on under a `source`, and its rule's pattern."""

    source: str
    pattern: EventPattern
    is_local: bool

    @classmethod
    def of(cls, stack: DeployedStack) -> "Bus":
        """Find out how to put events on a stack's bus.

        Raises:
            CliError: Nobody but Stripe can: it is a partner bus on AWS, or the rule admits Stripe's source
                only.
        """
        is_here = is_local(stack)
        partner_source = stack.partner_event_source
        if partner_source is not None and not is_here:
            raise CliError(
                f"{partner_source} is Stripe's partner bus, and only Stripe can put events on it. "
                "Let Stripe send some (stripe trigger customer.subscription.created --add "
                "subscription:metadata.userId=user_42), or apply a workspace on a custom bus: leave "
                "stripe_event_source_name out and set bridge_event_source."
            )
        pattern = stack.event_pattern
        source = partner_source or next(iter(pattern.sources), None)
        if source is None:
            raise CliError(
                f"The rule {stack.output('rule_name')} admits Stripe's own source only. Set the Terraform "
                'variable bridge_event_source, for example to "stripe-webhook-bridge", and apply.'
            )
        return cls(source, pattern, is_here)

    def admits(self, event: Mapping[str, Any]) -> bool:
        """Whether the rule hands this event of Stripe's to the function."""
        return self.pattern.admits(event)

    def refusal(self, event: Mapping[str, Any]) -> str:
        """Why the rule does not hand it over."""
        if event["type"] in self.pattern.event_types:
            return "the rule holds it back, because it does not say whose a subscription is"
        return "the rule does not admit this type (Terraform variable event_types)"

    @property
    def poll_seconds(self) -> float:
        """How long to wait between two looks at the function's log.

        AWS answers 5 FilterLogEvents a second in a whole account.
        """
        return 0.1 if self.is_local else 1.0
