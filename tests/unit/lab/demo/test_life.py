"""The demo's story ends as it says, and the app gets the right answer on the way; played in memory."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stripe_handler_cli.lab.demo import life
from stripe_subscription_handler import parse_event
from stripe_subscription_handler.conversation.messages import Outcome
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.reading import Profile

PLAN, SEATS = "prod_DemoPro", "prod_DemoSeat"
Step = tuple[life.Delivery, Outcome, dict[str, Any]]


def told() -> list[Step]:
    """Each delivery, what became of it, and the profile afterwards."""
    tables = Tables(policy=Policy(shows=ViewSettings(plan_product_ids=life.PLANS)))
    steps = []
    for delivery in life.story():
        outcome = tables.deliver(parse_event(delivery.event))
        steps.append((delivery, outcome, dict(tables.profiles[life.USER_ID])))
    return steps


def test_every_delivery_is_decided_as_the_story_says() -> None:
    """What is skipped changes nothing."""
    before: dict[str, Any] = {}
    for delivery, outcome, profile in told():
        assert outcome.applied == (delivery.decision == "write"), delivery.title
        assert outcome.applied or profile == before
        before = profile


def test_the_app_is_answered_on_the_way() -> None:
    """Seats beside the plan, which is shown although it is not the first item; then until the end."""
    asked = [(one.asks_at, profile) for one, _, profile in told() if one.asks_at is not None]
    assert len(asked) == 3
    for second, item in asked:
        profile, now = Profile.from_item(item), datetime.fromtimestamp(second, UTC)
        assert profile.has_access(now)
        assert (profile.product_id, profile.quantity(SEATS, now)) == (PLAN, 5)
    assert profile.access_until == profile.ends_at
    ended, later = told()[-1][2], datetime.fromtimestamp(life.BACK, UTC)
    assert not Profile.from_item(ended).has_access(later)
    assert Profile.from_item(ended).access_until == profile.access_until


def test_an_invoice_that_asks_for_nothing_is_no_payment() -> None:
    """The one of the seats; the last payment stays the first one."""
    [(_, outcome, profile)] = [step for step in told() if step[0].event["id"] == "evt_1QDemoCredit"]
    assert outcome.reason == "nothing_due"
    assert profile["lastPaymentAmount"] == 1500


def test_nobody_can_apply_the_poison() -> None:
    """It names the field."""
    with pytest.raises(InvalidEventError, match="status"):
        parse_event(life.poison().event)
