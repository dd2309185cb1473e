"""The load benchmark's pure parts: its figures, its events, and the crowd in model time."""

import itertools
from typing import Any

import pytest

from benchmarks.load import figures
from benchmarks.load.benchmark import crowds
from benchmarks.load.crowd import crowd_figures
from benchmarks.load.delivering import Delivered
from benchmarks.load.hot_user import hot_events, truth
from benchmarks.load.processes import Sample, Usage
from benchmarks.load.scale import parts
from stripe_handler_cli.lab.chaos.accounts import Account
from stripe_handler_cli.lab.chaos.counterexamples import differences
from stripe_handler_cli.lab.simulator import told_by

ACCOUNT = Account(received=3, attempts=4, failed=1, dropped=0)


def line(event: dict[str, Any], second: int, requests: int = 1, decision: str = "write") -> dict[str, Any]:
    """A log line of the handler."""
    timestamp = f"2026-11-24T10:00:{second:02}.500000Z"
    return {"event_id": event["id"], "timestamp": timestamp, "requests": requests, "decision": decision}


def sample(second: float, emulator_cpu: float, **workers: float) -> Sample:
    """Processes at one moment; workers by name, with their CPU time."""
    pids = {number: Usage(2**20, cpu) for number, cpu in enumerate(workers.values())}
    return Sample(second, Usage(2**20, emulator_cpu), pids)


def test_the_rate_ends_with_the_last_line() -> None:
    """Polling and reading the log are no part of it; neither is an attempt that failed."""
    events = hot_events(3, subscriptions=1, user="u")
    began = 1_795_514_400.0  # 2026-11-24T10:00:00Z
    put_at = dict.fromkeys((event["id"] for event in events), began)
    lines = [line(events[0], 9, decision="error"), *(line(event, 1) for event in events)]
    found = figures.flow(
        Delivered(put_at, began, ACCOUNT), lines, sample(0, 1.0, a=1.0), sample(2, 1.3, a=1.5, b=0.1)
    )
    assert found.events_per_second == pytest.approx(2.0)
    assert found.waits_ms == pytest.approx([1500.0] * 3)
    assert found.emulator_cpu_ms == pytest.approx(100.0)
    assert found.worker_cpu_ms == pytest.approx(200.0)


def test_conflicts_are_the_requests_one_handler_alone_would_not_make() -> None:
    """The model handles the same events in the order of the log."""
    events = hot_events(6, subscriptions=1, user="u")
    lines = [line(event, number) for number, event in enumerate(events)]
    by_id = {event["id"]: event for event in events}
    alone = figures.requests_alone(lines, by_id)
    lines[-1]["requests"] = 4
    effort = figures.effort([ACCOUNT], lines, by_id)
    assert effort.conflicts == sum(entry["requests"] for entry in lines) - alone
    assert (effort.most_requests, effort.attempts, effort.failed) == (4, 4, 1)


def test_a_quantile_is_one_of_the_values() -> None:
    """The smallest value that so many do not exceed."""
    assert figures.quantile(range(1, 101), 0.99) == 99
    assert figures.quantile([5.0], 0.5) == 5.0


def test_parts_lose_nothing() -> None:
    """All parts together are the whole, in order."""
    events: list[Any] = list(range(23))
    divided = parts(events, 4)
    assert len(divided) == 4
    assert list(itertools.chain(*divided)) == events


@pytest.mark.parametrize("subscriptions", [1, 5])
def test_a_crowd_leaves_the_truth(subscriptions: int) -> None:
    """A hundred handlers at once on one user: the profile is right, and no event is given up."""
    events = hot_events(100, subscriptions=subscriptions, user="u")
    found, tables = crowd_figures(events, 100)
    assert differences(truth(events), told_by(tables.profiles["u"])) == {}
    assert found.dropped == 0
    assert found.transaction_conflicts > 0


def test_one_handler_meets_nobody() -> None:
    """Alone there are no lost races, no conflicts and no retries: the figures of a crowd are the crowd's."""
    found, _ = crowd_figures(hot_events(100, subscriptions=5, user="u"), 1)
    assert (found.lost_races, found.transaction_conflicts, found.retries) == (0, 0, 0)
    assert found.most_requests == 2


def test_crowds_are_repeatable() -> None:
    """All but the pauses is seeded; every crowd is compared with the truth."""
    rows = crowds(20)
    assert {row["subscriptions"] for row in rows} == {1, 5, 20}
    assert all(row["dropped"] == 0 for row in rows)
