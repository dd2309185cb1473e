"""How long one question to Stripe is asked again, and after which pauses. Knows no request and no clock.

What fails is tried a few times. A request too many (HTTP 429) is not a failure: Stripe answers 25 a second
for an endpoint, all ids of one path together, and 100 for an account, in a sandbox 25. When many events come
at once, their questions wait here for their turn, each as long as chance has it, so that they do not all come
back together.

Source: https://docs.stripe.com/rate-limits
"""

import random
from collections.abc import Mapping
from http import HTTPStatus

import attrs

MAX_ATTEMPTS = 4
"""Of what fails for another reason than too many requests."""
LONGEST_TURN_SECONDS = 20.0
"""So long a question waits for its turn, all its pauses together. 300 events at once take 12 seconds; more
than 500 are left to Lambda's retries, a minute and two minutes later."""
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 5.0
_FIRST_TURN_SECONDS, _LONGEST_TURN_PAUSE_SECONDS = 2.0, 6.0


@attrs.define
class Patience:
    """The patience with one question.

    Attributes:
        failures: Attempts that failed.
        turns: Attempts that came too many in one second.
        waited_seconds: For its turn.
    """

    failures: int = 0
    turns: int = 0
    waited_seconds: float = 0.0

    def pause(self, status: int | None, headers: Mapping[str, str]) -> float | None:
        """Seconds to wait after an attempt that was not answered, before the next one; None: it was the last.

        `Retry-After` is the least.
        """
        asked = headers.get("Retry-After", "")
        least = float(asked) if asked.isascii() and asked.isdigit() else 0.0
        if status != HTTPStatus.TOO_MANY_REQUESTS:
            self.failures += 1
            longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** (self.failures - 1))
            return None if self.failures == MAX_ATTEMPTS else max(least, _between(longest / 2, longest))
        longest = min(_LONGEST_TURN_PAUSE_SECONDS, _FIRST_TURN_SECONDS * 2**self.turns)
        # What Stripe asks of all at once is the beginning of the time over which they spread.
        seconds = least + _between(longest / 5, longest)
        self.turns += 1
        self.waited_seconds += seconds
        return None if self.waited_seconds > LONGEST_TURN_SECONDS else seconds


def _between(least: float, most: float) -> float:
    return random.uniform(least, most)  # noqa: S311 - jitter, not a secret
