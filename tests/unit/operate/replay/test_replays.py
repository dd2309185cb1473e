"""A replay: how far it is, when its events are handled, what they changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from botocore.exceptions import ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.replay.summary import Summary, UserChange
from stripe_handler_cli.operate.replay.watching import Watcher
from stripe_handler_cli.stack.archive import Archive, Replay
from stripe_handler_cli.stack.function_log import LogLine
from stripe_subscription_handler.conversation.messages import Applied

START = datetime(2026, 11, 23, tzinfo=UTC)
NAME = "again"


def line(event_id: str, decision: str, reason: str, second: float = 0, **more: Any) -> LogLine:
    """A log line about a replayed event."""
    values = {"user_id": "user_1", "replay": NAME, **more}
    moment = START + timedelta(seconds=second)
    return LogLine(handled_at=moment, event_id=event_id, decision=decision, reason=reason, **values)


def summed(*lines: LogLine) -> Summary:
    """The summary of some lines."""
    summary = Summary()
    for one in lines:
        summary.add(one)
    return summary


def test_skipped_events_change_nothing() -> None:
    """Counted by their reason."""
    summary = summed(
        *(line(f"evt_{n}", "skip", "stale") for n in range(3)), line("evt_9", "skip", "duplicate")
    )
    assert summary.counted() == [(("skip", "stale"), 3), (("skip", "duplicate"), 1)]
    assert (summary.users, summary.failed, summary.events) == ({}, {}, 4)


def test_profiles_that_changed_are_told_with_what_changed() -> None:
    """A write that changed no attribute of the view is none; other users' profiles on the way count."""
    also = Applied("evt_1", "user_2", "recomputed", ("subscriptionId",))
    summary = summed(
        line("evt_1", "write", "recomputed", changed=("subscriptionStatus",), also_applied=(also,)),
        line("evt_2", "write", "recomputed", changed=()),
        line("evt_3", "write", "primary", changed=("lastPaymentStatus", "subscriptionStatus")),
    )
    assert summary.users == {
        "user_1": UserChange(["evt_1", "evt_3"], {"lastPaymentStatus", "subscriptionStatus"}),
        "user_2": UserChange(["evt_1"], {"subscriptionId"}),
    }


def test_an_event_that_failed_counts_once_by_its_last_attempt() -> None:
    """Three errors are one failed event; an error and then a write is an applied one."""
    broken = [line("evt_1", "error", "no such field", error_type="InvalidEventError") for _ in range(3)]
    summary = summed(
        *broken,
        line("evt_2", "error", "try again", error_type="ClientError"),
        line("evt_2", "write", "primary", changed=("subscriptionStatus",)),
    )
    assert summary.failed == {"evt_1": "InvalidEventError"}
    assert dict(summary.counted()) == {("error", "InvalidEventError"): 1, ("write", "primary"): 1}


def replay(state: str, *, last: int | None = None, hours: int = 10) -> Replay:
    """A replay of some hours, whose last event was in the hour given."""
    last_event_at = None if last is None else START + timedelta(hours=last)
    return Replay(NAME, state, None, START, START + timedelta(hours=hours), START, last_event_at)


@pytest.mark.parametrize(
    ("found", "percent"),
    [
        (replay("STARTING"), None),
        (replay("RUNNING", last=4), 40),
        (replay("RUNNING", last=11), 100),
        (replay("COMPLETED"), 100),
        (replay("CANCELLED", last=9), 90),
    ],
)
def test_progress_is_the_time_of_the_last_event_within_the_range(found: Replay, percent: int | None) -> None:
    """EventBridge tells no number of events."""
    assert found.percent == percent


@attrs.define
class Events:
    """Answers DescribeReplay with one state after the other, then with the last for ever."""

    states: list[str]
    cancelled: list[str] = attrs.Factory(list)

    def describe_replay(self, *, ReplayName: str) -> Any:  # noqa: N803 - boto3's word
        """The next state."""
        if ReplayName != NAME:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "DescribeReplay")
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        times = {"EventStartTime": START, "EventEndTime": START, "ReplayStartTime": START}
        return {"State": state, "StateReason": "because", **times}

    def cancel_replay(self, *, ReplayName: str) -> None:  # noqa: N803 - boto3's word
        """Cancel it."""
        self.cancelled.append(ReplayName)


def archive(*states: str) -> Archive:
    """An archive whose replay passes through these states."""
    return Archive(Events(list(states)), "name", "arn", "bus", "rule")  # type: ignore[arg-type]


def test_a_replay_is_watched_until_it_ended() -> None:
    """Failed and cancelled are ends too."""
    told: list[str] = []
    watcher = Watcher(archive("STARTING", "RUNNING", "FAILED"), None, 0, sleep=lambda _: None)  # type: ignore[arg-type]
    assert watcher.until_ended(NAME, lambda found: told.append(found.state)).reason == "because"
    assert told == ["STARTING", "RUNNING", "FAILED"]


def test_an_unknown_replay_is_a_clear_error() -> None:
    """Its name may be mistyped, or it is long ago."""
    with pytest.raises(CliError, match="no replay other"):
        archive("RUNNING").replay("other")


def test_only_a_running_replay_is_cancelled() -> None:
    """One that has ended is told as such."""
    running = archive("RUNNING")
    running.cancel(NAME)
    assert running.client.cancelled == [NAME]  # type: ignore[attr-defined]
    with pytest.raises(CliError, match="ended already: COMPLETED"):
        archive("COMPLETED").cancel(NAME)


@attrs.define
class SlowLog:
    """A log whose lines appear some time after they were written; only `sleep` moves the clock."""

    appears: list[tuple[float, LogLine]]
    now: float = 0
    asked_from: list[datetime] = attrs.Factory(list)

    def clock(self) -> datetime:
        """The time now."""
        return START + timedelta(seconds=self.now)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.now += seconds

    def lines(self, _wanted: Any, keep: Any, start: datetime, end: datetime) -> Any:
        """What has appeared so far."""
        self.asked_from.append(start)
        found = [one for second, one in self.appears if second <= self.now]
        return (one for one in found if keep(one) and start <= one.handled_at <= end)


def handled(log: SlowLog, quiet_seconds: float) -> Summary:
    """Wait until everything is handled."""
    watcher = Watcher(archive("COMPLETED"), log, quiet_seconds, log.clock, log.sleep)  # type: ignore[arg-type]
    return watcher.until_handled(replay("COMPLETED"), lambda _: None)


def test_late_lines_are_waited_for_and_counted_once() -> None:
    """Each line that appears begins the quiet time anew; a line that is read again is not counted again."""
    lines = [(second + 9.0, line(f"evt_{second}", "skip", "stale", second)) for second in range(0, 200, 8)]
    log = SlowLog(lines)
    assert handled(log, 10).events == len(lines)
    assert log.now == pytest.approx(192 + 9 + 10, abs=1)


def test_old_parts_of_the_log_are_not_read_again() -> None:
    """A long replay would read them more and more often."""
    log = SlowLog([(second, line(f"evt_{second}", "skip", "stale", second)) for second in range(0, 300, 5)])
    handled(log, 10)
    assert log.asked_from[-1] > START + timedelta(seconds=200)


def test_lines_of_other_events_are_not_counted() -> None:
    """Live events go on while a replay runs."""
    live = line("evt_live", "write", "primary", 1, replay=None)
    assert handled(SlowLog([(1, live)]), 5).events == 0
