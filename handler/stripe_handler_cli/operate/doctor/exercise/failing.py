"""An event that nobody can apply: three attempts, the failure queue, its alarm. Two steps."""

from typing import Any

from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.exercise.exercise import Exercise
from stripe_handler_cli.operate.doctor.exercise.made_up import CREATED, UPDATED
from stripe_handler_cli.operate.doctor.exercise.steps import Told, failed, passed, skipped, unanswered
from stripe_handler_cli.stack.dead_letters.messages import DeadLetter, Layer
from stripe_handler_cli.stack.dead_letters.of_stack import queues_of
from stripe_handler_cli.stack.dead_letters.queues import Pass

KEPT_SECONDS = 600.0
"""Lambda tries twice more, a minute and then two later, and may be late."""
RINGS_SECONDS = 900.0
"""SQS tells CloudWatch a queue's length once a minute, and begins up to fifteen minutes after a quiet time.

Source: SQS, available CloudWatch metrics: a queue is active for six hours after it had messages.
"""
_QUEUE_EVERY_SECONDS = 5.0
_HOLD_SECONDS = 10
ALARM_KEY = "failure_queue_messages"
_RINGING = "ALARM"


def fail(exercise: Exercise) -> Told:
    kind = next((one for one in (UPDATED, CREATED) if one in exercise.road.pattern.event_types), None)
    if kind is None:
        return skipped(f"the rule lets neither {UPDATED} nor {CREATED} through (event_types)")
    exercise.alarm_before = alarm_state(exercise)
    if exercise.sent_at is None:
        exercise.sent_at = exercise.now()
    exercise.end_of_what_is_replayed()
    event = exercise.made.unreadable(kind, int(exercise.now().timestamp()))
    exercise.failing = str(event["id"])
    exercise.road.put(event)
    every = 0.0 if exercise.is_local else _QUEUE_EVERY_SECONDS
    letter = exercise.patience.until(
        lambda: find_letter(exercise, exercise.failing), "it is in the failure queue", KEPT_SECONDS, every
    )
    attempts = [line for line in exercise.attempts(exercise.failing) if line.decision == "error"]
    if letter is None:
        return failed(f"not in the failure queue; the function failed {plural(len(attempts), 'time')}")
    if letter.payload is None or exercise.failing not in letter.payload:
        return failed("in the failure queue, and not whole")
    return passed(
        f"{plural(letter.attempts or 0, 'attempt')}, {letter.error_type}; the event is there, whole"
    )


def ring(exercise: Exercise) -> Told:
    if exercise.alarm_before is None:
        return failed(f"there is no alarm {ALARM_KEY}")
    if exercise.alarm_before == _RINGING:
        return unanswered("the alarm was ringing before, for other messages in the failure queue")
    rings = exercise.patience.until(
        lambda: alarm_state(exercise) == _RINGING or None, "the alarm rings", RINGS_SECONDS
    )
    if rings is None:
        return failed(f"quiet after {RINGS_SECONDS / 60:.0f} minutes, with a message in the queue")
    return passed(f"it rings, and tells {_listeners(exercise)}; it ends by itself once the message is gone")


def alarm_state(exercise: Exercise) -> str | None:
    """The state of the alarm on the failure queue, AWS's word; None where there is none."""
    names = exercise.stack.outputs.get("alarm_names")
    name = names.get(ALARM_KEY) if isinstance(names, dict) else None
    if not name:
        return None
    answer = exercise.site.client("cloudwatch").describe_alarms(AlarmNames=[name])
    return next((str(one["StateValue"]) for one in answer["MetricAlarms"]), None)


def find_letter(exercise: Exercise, event_id: str | None) -> DeadLetter | None:
    """Look for a message in the failure queue, and let go of all that were taken for it."""
    (queue,) = queues_of(exercise.stack, Layer.FUNCTION)
    if queue.counts().visible == 0:
        return None
    with Pass(queue, _HOLD_SECONDS) as messages:
        return next((one.letter for one in messages if one.letter.event_id == event_id), None)


def _listeners(exercise: Exercise) -> str:
    answer: Any = exercise.site.client("sns").get_topic_attributes(
        TopicArn=exercise.stack.output("alarm_topic_arn")
    )
    count = int(answer["Attributes"].get("SubscriptionsConfirmed", 0))
    return plural(count, "subscriber") if count else "nobody: the topic has no confirmed subscription"
