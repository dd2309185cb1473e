"""A redrive sends each chosen event once, and deletes a message only after its event was decided about."""

import json

import attrs
import pytest

from stripe_handler_cli.operate.dlq.invoking import Applied, NotApplied, StoppedError
from stripe_handler_cli.operate.dlq.redriving import SHOWN, Outcome, Result, Tally, redrive
from stripe_handler_cli.stack.dead_letters.messages import Choice, Layer
from stripe_handler_cli.stack.dead_letters.queues import Pass, Queue
from stripe_subscription_handler.comparison.pace import Pace
from support.dead_letters import envelope, error, failure_record, poison
from support.sqs import FakeQueue

FAST = Pace(1_000_000)
ALL = Choice()
WRITTEN = Applied("write", "primary")
REFUSED = NotApplied("InvalidEventError", "detail: is wrong")


@attrs.define
class Function:
    """Answers by event id; everything else is written.

    Attributes:
        queue: The queue the events come from.
        answers: What to answer or raise, by event id.
        sent: The event ids, in order.
        deleted_before: How many messages were deleted when each event came.
        now_passing: Seconds each invocation takes.
    """

    queue: FakeQueue
    answers: dict[str, NotApplied | StoppedError] = attrs.field(factory=dict)
    sent: list[str] = attrs.field(factory=list)
    deleted_before: list[int] = attrs.field(factory=list)
    now_passing: float = 0.0

    def __call__(self, payload: str) -> Applied | NotApplied:
        """Answer."""
        event_id = json.loads(payload)["detail"]["id"]
        self.sent.append(event_id)
        self.deleted_before.append(len(self.queue.deleted))
        self.queue.now += self.now_passing
        answer = self.answers.get(event_id, WRITTEN)
        if isinstance(answer, StoppedError):
            raise answer
        return answer


def filled(count: int) -> FakeQueue:
    """A failure queue with so many events."""
    fake = FakeQueue()
    for number in range(count):
        fake.send(failure_record(envelope(poison(f"evt_{number}")), error()))
    return fake


def run(fake: FakeQueue, function: Function | None, choice: Choice = ALL) -> list[Result]:
    """Redrive."""
    queue = Queue(fake, "https://queue", Layer.FUNCTION, "userId")  # type: ignore[arg-type]
    with Pass(queue, hold_seconds=300) as messages:
        return list(redrive(messages, choice, function, FAST))


def test_a_message_is_deleted_after_its_event_was_applied_and_not_before() -> None:
    """When the third event is sent, exactly the first two messages are gone."""
    fake = filled(3)
    function = Function(fake)
    assert [result.outcome for result in run(fake, function)] == [Outcome.APPLIED] * 3
    assert function.sent == ["evt_0", "evt_1", "evt_2"]
    assert function.deleted_before == [0, 1, 2]
    assert fake.messages == []


def test_an_event_that_fails_again_stays_and_is_sent_once_in_a_run() -> None:
    """The run does not meet it again, and others can have it when the run is over."""
    fake = filled(12)
    function = Function(fake, {"evt_3": REFUSED}, now_passing=40)
    results = run(fake, function)
    left = [result for result in results if result.outcome is Outcome.LEFT]
    assert [(result.letter.event_id, result.error) for result in left] == [("evt_3", REFUSED)]
    assert sorted(function.sent) == sorted(f"evt_{number}" for number in range(12))
    assert fake.visible == ["m3"]


def test_only_what_is_chosen_is_sent() -> None:
    """The rest stays, visible."""
    fake = filled(4)
    function = Function(fake)
    results = run(fake, function, Choice(ids=frozenset({"evt_2"})))
    assert function.sent == ["evt_2"]
    assert [result.outcome for result in results].count(Outcome.NOT_CHOSEN) == 3
    assert fake.visible == ["m0", "m1", "m3"]


def test_a_dry_run_sends_and_deletes_nothing() -> None:
    """It only says what would be sent."""
    fake = filled(2)
    fake.send("junk")
    assert [result.outcome for result in run(fake, None)] == [
        Outcome.WOULD_SEND,
        Outcome.WOULD_SEND,
        Outcome.UNREADABLE,
    ]
    assert len(fake.visible) == 3


def test_a_message_without_an_event_is_never_deleted() -> None:
    """Even `--all` leaves it, and says so."""
    fake = FakeQueue()
    fake.send("junk")
    function = Function(fake)
    assert [result.outcome for result in run(fake, function)] == [Outcome.UNREADABLE]
    assert (function.sent, fake.visible) == ([], ["m0"])


def test_when_nothing_can_be_sent_the_run_ends_and_everything_stays() -> None:
    """What was applied before is applied; the message in hand and all others are let go."""
    fake = filled(15)
    function = Function(fake, {"evt_2": StoppedError("throttled")})
    with pytest.raises(StoppedError):
        run(fake, function)
    assert fake.deleted == ["m0", "m1"]
    assert len(fake.visible) == 13


def test_a_message_that_others_took_meanwhile_is_theirs() -> None:
    """Its time ran out while earlier ones were sent: it is not sent by both."""
    fake = filled(2)
    function = Function(fake)
    queue = Queue(fake, "https://queue", Layer.FUNCTION, "userId")  # type: ignore[arg-type]
    with Pass(queue, hold_seconds=300) as messages:
        results = redrive(messages, ALL, function, FAST)
        assert next(results).outcome is Outcome.APPLIED
        fake.now += 301
        fake.receive_message(VisibilityTimeout=3000)
        assert [result.outcome for result in results] == [Outcome.TAKEN_BY_OTHERS]
    assert function.sent == ["evt_0"]


def test_a_receipt_that_ran_out_while_the_function_ran_does_not_fail_the_run() -> None:
    """The event is applied, others have the message; they will find a duplicate."""
    fake = filled(1)

    def function(_: str) -> Applied:
        fake.now += 301
        fake.receive_message(VisibilityTimeout=3000)
        return WRITTEN

    queue = Queue(fake, "https://queue", Layer.FUNCTION, "userId")  # type: ignore[arg-type]
    with Pass(queue, hold_seconds=300) as messages:
        [result] = redrive(messages, ALL, function, FAST)
    assert (result.outcome, result.removed) == (Outcome.APPLIED, False)


def test_two_redrives_share_the_work() -> None:
    """Interleaved step by step: every event is sent by one of them, nothing is left."""
    fake = filled(25)
    functions = Function(fake), Function(fake)
    queue = Queue(fake, "https://queue", Layer.FUNCTION, "userId")  # type: ignore[arg-type]
    with Pass(queue, 300) as first, Pass(queue, 300) as second:
        runs = [
            redrive(messages, ALL, function, FAST)
            for messages, function in zip((first, second), functions, strict=True)
        ]
        while runs:
            for one in list(runs):
                if next(one, None) is None:
                    runs.remove(one)
    assert sorted(functions[0].sent + functions[1].sent) == sorted(f"evt_{number}" for number in range(25))
    assert all(function.sent for function in functions)
    assert fake.messages == []


def test_a_pace_is_kept() -> None:
    """Four a second: the second waits a quarter of a second, time spent meanwhile counts."""
    now = 100.0
    waits = []

    def sleep(seconds: float) -> None:
        nonlocal now
        waits.append(round(seconds, 3))
        now += seconds

    pace = Pace(4, clock=lambda: now, sleep=sleep)
    pace.wait()
    pace.wait()
    now += 0.2
    pace.wait()
    now += 60
    pace.wait()
    assert waits == [0.25, 0.05]


def test_a_tally_keeps_counts_and_the_first_that_remain() -> None:
    """Memory does not grow with the number of messages."""
    fake = filled(SHOWN + 5)
    ids = [f"evt_{number}" for number in range(SHOWN + 5)]
    tally = Tally()
    for result in run(fake, Function(fake, dict.fromkeys(ids[1:], REFUSED))):
        tally.add(result)
    assert tally.as_json() == {
        "applied": 1,
        "left": SHOWN + 4,
        "unreadable": 0,
        "would_send": 0,
        "taken_by_others": 0,
        "not_chosen": 0,
        "decisions": {"write · primary": 1},
        "errors": {"InvalidEventError": SHOWN + 4},
        "not_deleted": 0,
    }
    assert (len(tally.shown), tally.remaining) == (SHOWN, SHOWN + 4)
