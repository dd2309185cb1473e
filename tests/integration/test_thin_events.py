"""Events that name an object and hold none, on a real stack whose function asks Stripe for the rest."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.lab.fake_stripe import FakeStripe, objects
from stripe_handler_cli.lab.fake_stripe.limits import Limits
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_subscription_handler.events.event_types import GENERATION_FAILURE_EVENT
from support.drift_checks import DriftChecks
from support.lives import Life
from support.thin import thin_of

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded

MISSED = Life("missed_by_stripe")
BURST = tuple(Life(f"burst_{number}") for number in range(300))


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


@pytest.fixture
def limited(stripe: FakeStripe) -> Iterator[FakeStripe]:
    """Stripe, which answers 25 requests a second of one endpoint."""
    stripe.limits = Limits()
    yield stripe
    stripe.limits = None


def test_a_burst_of_thin_events_is_applied_by_itself(
    endpoint: Endpoint, other_stack: "Stack", limited: FakeStripe
) -> None:
    """Three hundred at once: they wait for their turn; none fails, and nothing is left in a queue."""
    pipeline = other_stack.pipeline
    snapshots = [life.created() for life in BURST]
    limited.account = objects(*snapshots)
    pipeline.put(*map(thin_of, snapshots))
    mine = {f"{raw['id']}_thin" for raw in snapshots}

    def lines() -> list[dict[str, Any]] | None:
        found = [line for line in pipeline.log_lines() if line.get("event_id") in mine]
        return found if len(found) >= len(mine) else None

    found = wait_for(lines, "every event is handled", 120)
    assert {(line["decision"], line["reason"]) for line in found} == {("write", "first_event")}
    assert len(found) == len(mine), "no event was tried twice"
    assert limited.limits is not None
    assert limited.limits.refused > 0, "there was a burst"
    DriftChecks(endpoint, pipeline).empty_tables()
