"""Events that name an object and hold none, on a real stack whose function asks Stripe for the rest."""

from typing import TYPE_CHECKING, Any

import pytest

from stripe_handler_cli.lab.fake_stripe import FakeStripe, objects
from stripe_subscription_handler.events.event_types import GENERATION_FAILURE_EVENT
from support.lives import Life

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded

MISSED = Life("missed_by_stripe")


def test_what_stripe_failed_to_tell_is_applied(other_stack: "Stack", stripe: FakeStripe) -> None:
    """The function asks what it was; the invoice brings its subscription, and the line names it."""
    said = {
        "id": "evt_missed_by_stripe",
        "object": "v2.core.event",
        "type": GENERATION_FAILURE_EVENT,
        "created": "2026-11-02T10:00:00.000Z",
        "livemode": False,
        "context": None,
    }
    invoice = MISSED.invoice(status="open")
    related: dict[str, Any] = {"id": invoice["id"], "type": "invoice", "url": "https://dashboard.stripe.com/"}
    impact = {"event_type": "invoice.payment_failed", "related_object": related}
    stripe.account = objects(
        {**said, "data": {"impact": impact}}, invoice, MISSED.subscription(status="past_due")
    )
    other_stack.pipeline.put(said)
    line = other_stack.pipeline.follow(str(said["id"]))
    assert (line["decision"], line["level"]) == ("write", "warning")
    assert (line["missed_type"], line["missed_object"]) == ("invoice.payment_failed", invoice["id"])
    profile = other_stack.pipeline.profile(MISSED.user_id)
    assert (profile["subscriptionStatus"], profile["lastPaymentStatus"]) == ("past_due", "failed")
