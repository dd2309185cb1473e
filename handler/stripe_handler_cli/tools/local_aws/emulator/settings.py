"""What the environment may change about our replacements; read once, when the server starts."""

import os


def _number(name: str, default: float = 1.0) -> float:
    return float(os.environ.get(name) or default)


# Seconds before an async invocation's first retry (AWS: 60), and the unit of all other back-offs.
RETRY_BASE_SECONDS = _number("LAMBDA_ASYNC_RETRY_BASE_SECONDS", 0.2)
# How many seconds pass in one second: for the age of an event, for an alarm's period, for a rule's schedule.
EVENT_AGE_SPEEDUP = _number("STRIPE_HANDLER_LOCAL_EVENT_AGE_SPEEDUP")
ALARM_SPEEDUP = _number("STRIPE_HANDLER_LOCAL_ALARM_SPEEDUP")
SCHEDULE_SPEEDUP = _number("STRIPE_HANDLER_LOCAL_SCHEDULE_SPEEDUP")
# Names of replacements left out, separated by commas; `all` leaves stock MiniStack.
WITHOUT = frozenset(filter(None, os.environ.get("STRIPE_HANDLER_LOCAL_WITHOUT", "").split(",")))
