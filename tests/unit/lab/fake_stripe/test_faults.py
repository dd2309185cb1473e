"""Faults are drawn by a seed: exactly as many as asked for, some of them one after the other."""

import random

import pytest

from stripe_handler_cli.lab.fake_stripe import FakeStripe, Fault, drawn_faults, rate_limited


def seeded(seed: int) -> random.Random:
    """A repeatable source of chance."""
    return random.Random(seed)  # noqa: S311 - repeatable on purpose


@pytest.mark.parametrize("count", [0, 1, 5, 300])
def test_so_many_faults_are_drawn(count: int) -> None:
    """The bursts add up to what was asked for."""
    bursts = drawn_faults(seeded(1), count)
    assert sum(map(len, bursts)) == count
    assert all(len(set(map(str, burst))) == 1 for burst in bursts)


def test_every_kind_is_drawn_and_some_outlast_a_handler() -> None:
    """Rate limits, errors, dropped, late and unanswered requests; some longer than a handler's four tries."""
    bursts = drawn_faults(seeded(2), 1000)
    faults = [burst[0] for burst in bursts]
    assert {429, 500, 503, 409} <= {fault.status for fault in faults}
    assert any(fault.drop for fault in faults)
    assert any(fault.hang for fault in faults)
    assert any(fault.delay_seconds for fault in faults)
    assert max(map(len, bursts)) > 4
    assert all(len(burst) == 1 for burst in bursts if burst[0].hang)


def test_the_same_seed_draws_the_same() -> None:
    """A run can be repeated."""
    assert drawn_faults(seeded(3), 50) == drawn_faults(seeded(3), 50)


def test_faults_wait_their_turn_and_are_counted() -> None:
    """One a request, in order; after them all is well again."""
    fake = FakeStripe(faults=[rate_limited()])
    fake.misbehave([Fault(status=500)])
    met = [fake.take_fault("GET", "/", {}).status for _ in range(3)]
    assert met == [429, 500, 200]
    assert (fake.misbehaved, len(fake.received)) == (2, 3)
