"""What the exercise does, step by step: the table of the steps, and how each can end. Pure.

A step's remedy is for somebody who has never seen it fail: what to run, and the section of docs/runbook.md.
"""

import enum
from collections.abc import Collection, Mapping

import attrs


class Outcome(enum.StrEnum):
    """How a step ended.

    An open one could not be answered: AWS refused the question, or what would answer it is not there, as IAM
    on local AWS. It has not passed.
    """

    PASS = "pass"  # noqa: S105 - a word, not a password
    SKIP = "skip"
    OPEN = "open"
    FAIL = "fail"


@attrs.frozen
class Told:
    """What a step found.

    Attributes:
        found: A sentence's fragment, with nothing personal and no secret in it.
    """

    outcome: Outcome
    found: str


def passed(found: str) -> Told:
    """It went as it should."""
    return Told(Outcome.PASS, found)


def failed(found: str) -> Told:
    """It did not; with real events the same would happen."""
    return Told(Outcome.FAIL, found)


def skipped(why: str) -> Told:
    """This stack has nothing to exercise there, or no way to."""
    return Told(Outcome.SKIP, why)


def unanswered(why: str) -> Told:
    """Nobody knows."""
    return Told(Outcome.OPEN, f"not answered here: {why}")


@attrs.frozen
class Step:
    """One step.

    Attributes:
        key: Its name on the command line.
        title: What should be so, in two or three words.
        shows: What it does, and what makes it pass, as a sentence for the page.
        run: The command that leads on where it failed.
        section: Of docs/runbook.md.
        needs: Keys of steps that must have passed before.
    """

    key: str
    title: str
    shows: str
    run: str
    section: str
    needs: tuple[str, ...] = ()


PERMISSIONS, DRIFT_CHECK, ARRIVAL, PROFILE = "permissions", "drift-check", "arrival", "profile"
TOLD, ENDING, FAILURE_QUEUE, ALARM = "told", "ending", "failure-queue", "alarm"
REPLAY, CLEAN_UP = "replay", "clean-up"

STEPS = (
    Step(
        PERMISSIONS,
        "Roles may do it",
        "IAM is asked (`SimulatePrincipalPolicy`) whether each function's role, as it is deployed, may do"
        " what the code and Lambda do in its name, boundaries and organisation's policies included; and"
        " whether it may do one thing that it must not.",
        "stripe-handler doctor --only role-permissions",
        "function_errors",
    ),
    Step(
        DRIFT_CHECK,
        "Drift check works",
        "The drift check, where there is one, is invoked for the first slice of a pass: it takes its place in"
        " the sync table and asks Stripe. Its schedule goes on with that pass.",
        "stripe-handler doctor --only stripe-key",
        "drift_check_errors",
    ),
    Step(
        ARRIVAL,
        "Event arrives",
        "A made-up subscription is created: its event must be let through by the rule, handed to the"
        " function, and change the profile of a made-up user.",
        "stripe-handler dlq list",
        "delivery_queue_messages",
    ),
    Step(
        PROFILE,
        "Profile answers",
        "The profile is read as an app reads it: that user has access, and until when.",
        "stripe-handler doctor --only function-configuration",
        "function_errors",
        needs=(ARRIVAL,),
    ),
    Step(
        ENDING,
        "Access ends",
        "The subscription is deleted: the profile must say so, and give no access any more.",
        "stripe-handler dlq list",
        "failure_queue_messages",
        needs=(ARRIVAL,),
    ),
    Step(
        TOLD,
        "Change is told",
        "Where the stack has profile events: the changes of that profile are put on their bus.",
        "stripe-handler profile-events list",
        "profile_events_errors",
        needs=(ARRIVAL,),
    ),
    Step(
        FAILURE_QUEUE,
        "Failure is kept",
        "An event that cannot be read must fail in every attempt, and be in the failure queue, whole.",
        "stripe-handler doctor --only failure-path",
        "function_destination_delivery_failures",
    ),
    Step(
        ALARM,
        "Alarm rings",
        "The alarm on the failure queue must ring for it, and tell whoever is told.",
        "stripe-handler doctor --only alarms",
        "failure_queue_messages",
        needs=(FAILURE_QUEUE,),
    ),
    Step(
        REPLAY,
        "Archive replays",
        "The events are replayed from the archive: they must reach the function again, and change nothing.",
        "stripe-handler doctor --only archive",
        "silence",
        needs=(ARRIVAL,),
    ),
    Step(
        CLEAN_UP,
        "All is gone again",
        "Profile, links and messages of the exercise are deleted, and looked for once more.",
        "stripe-handler doctor --exercise --only clean-up",
        "failure_queue_messages",
    ),
)
"""In their order; the last one is always made."""
BY_KEY: Mapping[str, Step] = {step.key: step for step in STEPS}


@attrs.frozen
class Result:
    """One step's outcome, and how long it took."""

    step: Step
    told: Told
    seconds: float


def with_needs(keys: Collection[str]) -> frozenset[str]:
    """The steps of these names, and those that they need."""
    wanted = set(keys)
    for step in reversed(STEPS):
        if step.key in wanted:
            wanted.update(step.needs)
    return frozenset(wanted)


def has_failed(results: Collection[Result], *, strict: bool = False) -> bool:
    """Whether a step failed, or, where somebody is strict, could not be answered."""
    bad = {Outcome.FAIL, Outcome.OPEN} if strict else {Outcome.FAIL}
    return any(result.told.outcome in bad for result in results)
