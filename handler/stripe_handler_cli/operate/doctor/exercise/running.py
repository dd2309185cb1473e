"""Goes through the steps that are wanted, one after the other, and cleans up whatever happens."""

import time
from collections.abc import Callable, Collection, Mapping

from stripe_handler_cli.common.waiting import InVainError
from stripe_handler_cli.operate.doctor.exercise import steps
from stripe_handler_cli.operate.doctor.exercise.arriving import arrive, end, read, tell
from stripe_handler_cli.operate.doctor.exercise.cleaning import clean, still_there
from stripe_handler_cli.operate.doctor.exercise.drift_slice import check_drift
from stripe_handler_cli.operate.doctor.exercise.exercise import Exercise
from stripe_handler_cli.operate.doctor.exercise.failing import fail, ring
from stripe_handler_cli.operate.doctor.exercise.replaying import cancel, replay
from stripe_handler_cli.operate.doctor.exercise.simulating import simulate
from stripe_handler_cli.operate.doctor.exercise.steps import (
    STEPS,
    Outcome,
    Result,
    Step,
    Told,
    failed,
    passed,
    skipped,
    unanswered,
)
from stripe_handler_cli.operate.doctor.site import LOOK_ERRORS, reason_of

DOING: Mapping[str, Callable[[Exercise], Told]] = {
    steps.PERMISSIONS: simulate,
    steps.DRIFT_CHECK: check_drift,
    steps.ARRIVAL: arrive,
    steps.PROFILE: read,
    steps.ENDING: end,
    steps.TOLD: tell,
    steps.FAILURE_QUEUE: fail,
    steps.ALARM: ring,
    steps.REPLAY: replay,
}
"""Step → what does it; the last one is `clean_up`."""
_SETTLED_SECONDS = 1.0


def run(
    exercise: Exercise,
    wanted: Collection[str],
    on_step: Callable[[Step], None] = lambda _: None,
    on_result: Callable[[Result], None] = lambda _: None,
) -> list[Result]:
    """Make the steps with these keys; whatever ends them, what was made is taken away again.

    `on_step` is called before each, `on_result` after it.
    """
    results: dict[str, Result] = {}

    def do(step: Step, work: Callable[[Exercise], Told]) -> None:
        on_step(step)
        began = time.monotonic()
        result = Result(step, _told(exercise, step, work, results), time.monotonic() - began)
        results[step.key] = result
        on_result(result)

    try:
        for step in STEPS[:-1]:
            if step.key in wanted:
                do(step, DOING[step.key])
    finally:
        do(STEPS[-1], clean_up)
    return list(results.values())


def clean_up(exercise: Exercise) -> Told:
    stack, user_id = exercise.stack, exercise.made.user_id
    cancel(exercise)
    done = clean(stack, user_id)
    messages = done.messages
    # What was handled while this went on.
    exercise.patience.for_seconds(_SETTLED_SECONDS, "nothing comes any more")
    if still_there(stack, user_id):
        done = clean(stack, user_id)
        messages += done.messages
        if still_there(stack, user_id):
            return failed("something of the exercise comes again and again")
    if done.is_kept:
        return unanswered(
            f"you may not delete the made-up user's profile (dynamodb:DeleteItem): {user_id} stays, empty"
        )
    late = exercise.failing if exercise.failing and not messages else None
    if late:
        return failed(
            f"removed {done}; the event {late} is still on its way to the failure queue, from where the next"
            " exercise takes it"
        )
    return passed(f"removed {done}; nothing is left")


def _told(
    exercise: Exercise, step: Step, work: Callable[[Exercise], Told], results: Mapping[str, Result]
) -> Told:
    for need in step.needs:
        before = results.get(need)
        if before is None or before.told.outcome is not Outcome.PASS:
            return skipped(f"it needs '{need}', which did not pass")
    try:
        return work(exercise)
    except InVainError as error:
        return failed(str(error))
    except LOOK_ERRORS as error:
        return unanswered(reason_of(error))
