"""What each profile must say at each moment of the day; computed when asked for, and kept. Pure."""

import bisect
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_handler_cli.lab.simulator import SimulatedLife
from stripe_handler_cli.lab.simulator.days import SimulatedDay, truth_at


@attrs.define
class Truths:
    """The true profiles of a day."""

    day: SimulatedDay
    _lives: dict[str, SimulatedLife] = attrs.field(init=False)
    _known: dict[tuple[str, int], Mapping[str, Any]] = attrs.field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self._lives = {user: life for life in self.day.account.lives for user in life.users}

    def at(self, user_id: str, second: int) -> Mapping[str, Any]:
        """What a user's profile must say at the end of a second."""
        moments = self.day.moments[user_id]
        place = bisect.bisect_right(moments, second)
        if (user_id, place) not in self._known:
            # Nothing changes from one of the moments to the next.
            since = moments[place - 1] if place else self.day.start - 1
            self._known[user_id, place] = truth_at(self._lives[user_id], user_id, since)
        return self._known[user_id, place]

    def at_the_end(self, user_id: str) -> Mapping[str, Any]:
        return self.at(user_id, self.day.end)
