"""A made-up subscription through the stack and out again: created, read, deleted, told. Four steps."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.exercise.exercise import Exercise
from stripe_handler_cli.operate.doctor.exercise.made_up import CREATED, DELETED, UPDATED
from stripe_handler_cli.operate.doctor.exercise.roads import admitted
from stripe_handler_cli.operate.doctor.exercise.steps import Told, failed, passed, skipped, unanswered
from stripe_handler_cli.stack.function_log import FunctionLog, LogLine, tells_decisions
from stripe_subscription_handler.config import LogLevel
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.reading import Profile

MOST_SECONDS = 120.0
"""From the bus to the profile it is a second or two; a cold start and CloudWatch Logs take more."""
_LINE_SECONDS = 30.0
"""So long a line of the log may come after the write that it tells of."""


def arrive(exercise: Exercise) -> Told:
    made, road = exercise.made, exercise.road
    kind = next((one for one in (CREATED, UPDATED) if one in road.pattern.event_types), None)
    if kind is None:
        return skipped(f"the rule lets neither {CREATED} nor {UPDATED} through (event_types)")
    event = made.created(kind)
    if not admitted(exercise.stack, road, event):
        return failed(f"EventBridge says that the rule does not let {kind} through, as Stripe would send it")
    if not exercise.stack.config.create_missing_profile:
        _make_profile(exercise)
    exercise.put(event)
    problem = _until_shown(exercise, event, "subscriptionId", made.subscription_id)
    if problem is not None:
        return problem
    line = _line(exercise, str(event["id"]))
    how = f"{line.decision}, {line.reason}" if line else "what it decided is not in the log"
    return passed(f"{road.told}; the profile shows it ({how})")


def read(exercise: Exercise) -> Told:
    profile, now = Profile.from_item(exercise.profile()), exercise.now()
    if not profile.has_access(now):
        return failed("the profile is there, and gives no access to an active subscription")
    if not profile.has_product(exercise.made.product_id, now):
        return failed(f"access, but not to the product {exercise.made.product_id}")
    until = f"{profile.access_until:%Y-%m-%d}"
    return passed(f"access until {until}, to {plural(len(profile.products), 'product')}")


def end(exercise: Exercise) -> Told:
    if DELETED not in exercise.road.pattern.event_types:
        return skipped(f"the rule does not let {DELETED} through (event_types)")
    event = exercise.made.deleted(int(exercise.now().timestamp()))
    exercise.put(event)
    problem = _until_shown(exercise, event, "subscriptionStatus", "canceled")
    if problem is not None:
        return problem
    later = exercise.now() + dt.timedelta(seconds=2)
    if Profile.from_item(exercise.profile()).has_access(later):
        return failed("the profile says canceled, and gives access all the same")
    return passed("canceled, and no access any more")


def tell(exercise: Exercise) -> Told:
    outputs, stack = exercise.stack.outputs, exercise.stack
    name, group = outputs.get("profile_events_function_name"), outputs.get("profile_events_log_group_name")
    if not (name and group):
        return skipped("this stack tells no changes (create_profile_events)")
    settings: Any = stack.endpoint.functions.get_function_configuration(FunctionName=str(name))
    level = settings.get("Environment", {}).get("Variables", {}).get("LOG_LEVEL", LogLevel.INFO)
    if not tells_decisions(level):
        return unanswered(f"the profile events log only {level} and worse, so nobody knows")
    log, since = FunctionLog(stack.endpoint.logs, str(group)), exercise.sent_at

    def told() -> list[Mapping[str, Any]] | None:
        lines = [one for one in log.values(since) if one.get("user_id") == exercise.made.user_id]
        return [one for one in lines if one.get("decision") == "told"] or None

    found = exercise.patience.until(told, "the change is told", MOST_SECONDS)
    if found is None:
        return failed(f"not told within {MOST_SECONDS:.0f} s")
    exercise.others += len(found) + 1  # and when it is all taken away
    return passed(f"{plural(len(found), 'change')} on the bus {outputs.get('profile_events_bus_name')}")


def _make_profile(exercise: Exercise) -> None:
    """An empty one, as the app makes it: this environment makes none itself (`create_missing_profile`)."""
    config = exercise.stack.config
    key: Any = to_wire(config.profile_key(exercise.made.user_id))
    exercise.stack.endpoint.dynamodb.update_item(TableName=config.table_name, Key=key)


def _until_shown(exercise: Exercise, event: Mapping[str, Any], name: str, wanted: str) -> Told | None:
    """Wait until an event has set an attribute; None if it has, else what is wrong."""
    event_id = str(event["id"])

    def seen() -> Told | bool | None:
        if exercise.profile().get(name) == wanted:
            return True
        wrong = [line for line in exercise.attempts(event_id) if line.decision != "write"]
        if not wrong:
            return None
        last = wrong[-1]
        return failed(f"the function did not write: {last.decision}, {last.error_type or last.reason}")

    found = exercise.patience.until(seen, "the profile shows it", MOST_SECONDS)
    if found is None:
        return failed(f"nothing in the profile after {MOST_SECONDS:.0f} s, and no line in the function's log")
    return found if isinstance(found, Told) else None


def _line(exercise: Exercise, event_id: str) -> LogLine | None:
    if not exercise.tells_decisions:
        return None
    found = exercise.patience.until(
        lambda: exercise.attempts(event_id) or None, "the log tells of it", _LINE_SECONDS
    )
    return found[-1] if found else None
