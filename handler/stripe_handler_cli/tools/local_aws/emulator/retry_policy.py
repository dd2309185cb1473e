"""When a rule target's failed delivery is tried again, and when EventBridge gives up. Pure.

AWS rule: exponential back-off with jitter, until `MaximumRetryAttempts` (185 unless set) or
`MaximumEventAgeInSeconds` (86,400 unless set) is reached, whichever comes first.
"""

import random
from collections.abc import Mapping

MAXIMUM_RETRY_ATTEMPTS = 185
MAXIMUM_EVENT_AGE_SECONDS = 86_400


def exhausted_condition(policy: Mapping[str, int], *, retries: int, age_seconds: float) -> str | None:
    """The value of `EXHAUSTED_RETRY_CONDITION`, or None while another retry is due."""
    if age_seconds >= policy.get("MaximumEventAgeInSeconds", MAXIMUM_EVENT_AGE_SECONDS):
        return "MaximumEventAgeInSeconds"
    if retries >= policy.get("MaximumRetryAttempts", MAXIMUM_RETRY_ATTEMPTS):
        return "MaximumRetryAttempts"
    return None


def back_off_seconds(retries: int, *, base_seconds: float, maximum_seconds: float) -> float:
    """The wait before retry number `retries` + 1."""
    ceiling = min(maximum_seconds, base_seconds * 2.0 ** min(retries, 30))
    return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - jitter, not a secret
