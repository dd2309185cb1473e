"""Whatever was missed, overwritten or lost: after one repair nothing differs, whatever arrives late."""

from hypothesis import HealthCheck, given, settings

from stripe_subscription_handler.comparison.differences import REPAIRABLE
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.events.envelope import parse_event
from support.examples import share_of
from support.lost_events import Story, shown, stories
from support.reconciling import Account, Reconciliation


@given(story=stories())
@settings(max_examples=share_of(250), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_one_repair_is_enough(story: Story) -> None:
    """Then the profiles show what in-order, exactly-once delivery would have shown."""
    made = Reconciliation(Account(story.bodies), Tables(policy=Policy()))
    story.befall(made.tables)
    found = made.run(apply=True)
    assert all(one.repaired for one in found)
    assert {one.kind for one in found} <= REPAIRABLE
    assert made.run() == []
    truth = shown(story.truth())
    assert shown(made.tables) == truth
    # What was on its way all along arrives late.
    for event in reversed(story.happened):
        made.tables.deliver(parse_event(event))
    assert shown(made.tables) == truth
    assert made.run() == []


@given(story=stories())
@settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_workers_side_by_side_end_where_one_does(story: Story) -> None:
    """The same is found, and the profiles show the same."""
    alone, many = (
        Reconciliation(Account(story.bodies), Tables(policy=Policy()), workers=workers) for workers in (0, 3)
    )
    for made in (alone, many):
        story.befall(made.tables)
    expected, found = alone.run(apply=True), many.run(apply=True)
    assert sorted((one.subscription_id, one.user_id or "") for one in found) == sorted(
        (one.subscription_id, one.user_id or "") for one in expected
    )
    assert shown(many.tables) == shown(alone.tables)
    assert many.run() == []
