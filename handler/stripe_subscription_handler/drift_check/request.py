"""What the drift check is asked for: the words of its input, and their reading. Pure.

The schedule sends `REQUEST` alone; whoever invokes it by hand, and `reconcile --in-aws`, adds other words.
"""

import math
from collections.abc import Mapping

import attrs

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.loggable import loggable
from stripe_subscription_handler.operations.names import OPERATION_KEY

REQUEST = {OPERATION_KEY: "check-drift"}
"""What the schedule sends; `terraform/modules/drift_check` holds the same words."""
BEGIN, BACKFILL, MOST_SECONDS = "begin", "backfill", "most-seconds"
"""Whether a pass begins now; whether it repairs at first sight; how many seconds this slice works at most."""


@attrs.frozen
class Wanted:
    """What an input asks for.

    Attributes:
        begin: Whether a pass begins now, unless one is under way.
        backfill: Whether the pass that begins repairs what it sees at once, where repairs are allowed at all:
            for whoever knows that events were missed, as with `reconcile --apply`.
        most_seconds: How long this slice works at most.
    """

    begin: bool = False
    backfill: bool = False
    most_seconds: float = math.inf

    @classmethod
    def read(cls, raw: object) -> "Wanted":
        """Read an input.

        Raises:
            InvalidEventError: It is none; `field` names what is wrong.
        """
        found = raw if isinstance(raw, Mapping) else {}
        if found.get(OPERATION_KEY) != REQUEST[OPERATION_KEY]:
            raise InvalidEventError(OPERATION_KEY, f"must be {REQUEST[OPERATION_KEY]}")
        unknown = sorted(str(name) for name in set(found) - {OPERATION_KEY, BEGIN, BACKFILL, MOST_SECONDS})
        if unknown:
            raise InvalidEventError(loggable(unknown[0]) or "", "is not known here")
        begin, backfill = found.get(BEGIN, False), found.get(BACKFILL, False)
        for name, value in ((BEGIN, begin), (BACKFILL, backfill)):
            if not isinstance(value, bool):
                raise InvalidEventError(name, "must be true or false")
        most_seconds = found.get(MOST_SECONDS, math.inf)
        if isinstance(most_seconds, bool) or not isinstance(most_seconds, int | float) or most_seconds < 0:
            raise InvalidEventError(MOST_SECONDS, "must be a number, 0 or more")
        return cls(begin, backfill, most_seconds)
