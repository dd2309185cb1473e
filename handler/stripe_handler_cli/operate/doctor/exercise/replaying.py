"""The archive: what was sent is replayed onto the rule, and must change nothing. One step."""

import datetime as dt

from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.exercise.exercise import Exercise
from stripe_handler_cli.operate.doctor.exercise.steps import Told, failed, passed, skipped, unanswered
from stripe_handler_cli.stack.archive import Archive
from stripe_handler_cli.stack.function_log import LogLine

ARCHIVED_SECONDS = 600.0
"""AWS asks for ten minutes between an event and its replay: so long it may take into the archive.

Source: EventBridge, archiving and replaying events.
"""
REPLAYED_SECONDS = 900.0
_AROUND = dt.timedelta(seconds=1)


def replay(exercise: Exercise) -> Told:
    archive, sent_at = exercise.road.archive, exercise.sent_at
    if archive is None:
        return skipped("nothing of ours came over a bus that has an archive, so there is nothing to replay")
    if not exercise.tells_decisions:
        return unanswered("the function logs warnings only (log_level), so nobody sees what a replay did")
    exercise.end_of_what_is_replayed()
    if sent_at is None or exercise.until is None:
        return skipped("nothing was sent")
    if not exercise.is_local:
        left = ARCHIVED_SECONDS - (exercise.now() - exercise.until).total_seconds()
        exercise.patience.for_seconds(left, "the archive has the events")
    exercise.replay = f"stripe-handler-exercise-{exercise.made.number}"
    start = sent_at.replace(microsecond=0) - _AROUND
    archive.start(exercise.replay, start, exercise.until)
    lines = exercise.patience.until(
        lambda: _again(exercise, archive), "the events come again", REPLAYED_SECONDS
    )
    if not lines:
        return failed(f"the replay is {archive.replay(exercise.replay).state}, and the events did not come")
    wrote = [line for line in lines if line.decision == "write"]
    if wrote:
        return failed(f"an event that was known already was written again: {wrote[0].reason}")
    why = ", ".join(sorted({f"{line.reason}" for line in lines}))
    return passed(f"{plural(len(lines), 'event')} came again, and changed nothing ({why})")


def cancel(exercise: Exercise) -> None:
    """Stop a replay that is still under way."""
    archive = exercise.road.archive
    if exercise.replay is not None and archive is not None and not archive.replay(exercise.replay).is_over:
        archive.cancel(exercise.replay)


def _again(exercise: Exercise, archive: Archive) -> list[LogLine] | None:
    """The lines of the replayed events, once there is one of each."""
    found = [
        next((line for line in exercise.attempts(one) if line.replay == exercise.replay), None)
        for one in exercise.sent
    ]
    lines = [line for line in found if line is not None]
    if len(lines) == len(exercise.sent):
        return lines
    is_lost = archive.replay(exercise.replay or "").state in {"FAILED", "CANCELLED"}
    return [] if is_lost else None
