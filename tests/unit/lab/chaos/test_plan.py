"""The mischief of a chaos run: seeded, complete, and really out of order."""

from stripe_handler_cli.lab.chaos.plan import plan_deliveries

EVENTS = [{"id": f"evt_{number}"} for number in range(200)]


def test_every_event_is_delivered_and_some_twice() -> None:
    """Nothing is left out; duplicates are added on top."""
    plan = plan_deliveries(EVENTS, seed=1, duplicates=0.3)
    ids = [event["id"] for event in plan.deliveries]
    assert set(ids) == {event["id"] for event in EVENTS}
    assert (len(ids), plan.duplicates) == (260, 60)


def test_the_same_seed_gives_the_same_plan() -> None:
    """A run can be repeated."""
    assert plan_deliveries(EVENTS, seed=7, duplicates=0.3) == plan_deliveries(EVENTS, seed=7, duplicates=0.3)
    assert plan_deliveries(EVENTS, seed=7, duplicates=0.3) != plan_deliveries(EVENTS, seed=8, duplicates=0.3)


def test_the_order_is_shuffled_within_the_window() -> None:
    """Without a window anything may come first; with one, an event stays near its place."""
    free = [event["id"] for event in plan_deliveries(EVENTS, seed=1, duplicates=0).deliveries]
    assert free != [event["id"] for event in EVENTS]
    near = plan_deliveries(EVENTS, seed=1, duplicates=0, window=5).deliveries
    moves = [abs(place - EVENTS.index(event)) for place, event in enumerate(near)]
    assert 0 < max(moves) <= 5


def test_kills_are_planned_while_there_is_something_left_to_hit() -> None:
    """As many as asked for, or by the number of events; none after the last deliveries."""
    assert len(plan_deliveries(EVENTS, seed=1, duplicates=0).kills_at) == 5
    kills = plan_deliveries(EVENTS, seed=1, duplicates=0, kills=50).kills_at
    assert len(kills) == 50
    assert list(kills) == sorted(kills)
    assert max(kills) < 0.95 * len(EVENTS)


def test_stripes_faults_are_planned_while_it_will_be_asked() -> None:
    """As many as asked for, or by the number of events; none unless Stripe is asked."""
    assert plan_deliveries(EVENTS, seed=1, duplicates=0).faults_at == ()
    few = plan_deliveries(EVENTS, seed=1, duplicates=0, stripe_faults=None).faults_at
    assert sum(len(faults) for _, faults in few) == 5
    many = plan_deliveries(EVENTS, seed=1, duplicates=0, stripe_faults=60).faults_at
    assert sum(len(faults) for _, faults in many) == 60
    moments = [after for after, _ in many]
    assert moments == sorted(moments)
    assert max(moments) < 0.8 * len(EVENTS)
