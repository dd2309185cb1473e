"""What the environment may change about our replacements; read once, when the server starts."""

import os


def _number(name: str, default: float) -> float:
    return float(os.environ.get(name) or default)


#: Seconds before an async invocation's first retry (AWS: 60) and the unit of all other back-offs.
RETRY_BASE_SECONDS = _number("LAMBDA_ASYNC_RETRY_BASE_SECONDS", 0.2)

#: AWS's minute between retries, as a number of local seconds.
AWS_RETRY_BASE_SECONDS = 60.0

#: How many seconds older an event gets in one second, for `MaximumEventAgeInSeconds`.
EVENT_AGE_SPEEDUP = _number("STRIPE_HANDLER_LOCAL_EVENT_AGE_SPEEDUP", 1.0)

#: How many seconds of an alarm's period pass in one second.
ALARM_SPEEDUP = _number("STRIPE_HANDLER_LOCAL_ALARM_SPEEDUP", 1.0)

#: How many seconds of a rule's schedule pass in one second.
SCHEDULE_SPEEDUP = _number("STRIPE_HANDLER_LOCAL_SCHEDULE_SPEEDUP", 1.0)

#: Names of replacements left out, separated by commas; `all` leaves stock MiniStack.
WITHOUT = frozenset(filter(None, os.environ.get("STRIPE_HANDLER_LOCAL_WITHOUT", "").split(",")))
