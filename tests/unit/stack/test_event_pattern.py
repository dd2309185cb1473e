"""What a rule's pattern names."""

import json

from stripe_handler_cli.stack.event_pattern import EventPattern
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES


def test_only_subscribed_types_are_asked_for() -> None:
    """Those the rule admits and the handler handles; a thin type is listed by Stripe under its own name."""
    admitted = [*DEFAULT_EVENT_TYPES, "v1.customer.subscription.paused", "charge.refunded", {"prefix": "x"}]
    rule = {"EventPattern": json.dumps({"detail-type": admitted})}
    assert EventPattern.of(rule).handled_types == sorted(
        [*DEFAULT_EVENT_TYPES, "customer.subscription.paused"]
    )
