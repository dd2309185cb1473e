"""What a rule's pattern names."""

import json
from typing import Any

import pytest

from stripe_handler_cli.stack.event_pattern import EventPattern, telling
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES


def test_only_subscribed_types_are_asked_for() -> None:
    """Those the rule admits and the handler handles; a thin type is listed by Stripe under its own name."""
    admitted = [*DEFAULT_EVENT_TYPES, "v1.customer.subscription.paused", "charge.refunded", {"prefix": "x"}]
    rule = {"EventPattern": json.dumps({"detail-type": admitted})}
    assert EventPattern.of(rule).handled_types == sorted(
        [*DEFAULT_EVENT_TYPES, "customer.subscription.paused"]
    )


def pattern(**parts: Any) -> EventPattern:
    """A rule's pattern."""
    return EventPattern.of({"EventPattern": json.dumps(parts)})


def test_the_types_of_all_alternatives_are_named() -> None:
    """Whether or not a detail must be there too; sources stand once for all."""
    found = pattern(
        **{
            "source": [{"prefix": "aws.partner/stripe.com"}, "bridge"],
            "$or": [{"detail-type": ["invoice.paid"]}, {"detail-type": ["customer.created"], "detail": {}}],
        }
    )
    assert (found.sources, found.event_types) == (("bridge",), {"invoice.paid", "customer.created"})
    assert EventPattern.of({}).event_types == frozenset()


@pytest.mark.parametrize(
    ("detail", "passes"),
    [
        ({"data": {"object": {"mode": ["subscription", "setup"]}}}, True),
        ({"data": {"object": {"mode": ["payment"]}}}, False),
        ({"data": {"object": {"metadata": {"userId": [{"exists": True}]}}}}, True),
        ({"data": {"object": {"metadata": {"account": [{"exists": True}]}}}}, False),
        ({"data": {"object": {"metadata": {"account": [{"exists": False}]}}}}, True),
        ({"data": {"object": {"metadata": {"account": [None]}}}}, False),
        ({"data": {"object": {"metadata": [{"exists": True}]}}}, False),
        ({"data": {"previous_attributes": {"metadata": {"userId": [{"exists": True}]}}}}, True),
        ({"data": {"other": {"metadata": {"userId": [{"exists": True}]}}}}, False),
        ({"data": {"object": {"mode": [{"prefix": "sub"}]}}}, True),
    ],
    ids=json.dumps,
)
def test_an_event_passes_whose_detail_fits(detail: dict[str, Any], passes: bool) -> None:  # noqa: FBT001
    """Of its own type's alternative; what is not known here is let pass, and waited for."""
    found = pattern(**{"$or": [{"detail-type": ["invoice.paid"]}, {"detail-type": ["x"], "detail": detail}]})
    assert found.admits(telling("x", "userId")) == passes
    assert found.admits({"type": "invoice.paid"})
    assert not found.admits(telling("y", "userId"))
