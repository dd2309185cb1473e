"""Finds the smallest part of a story that still ends wrong in memory. Pure and repeatable."""

from collections.abc import Callable, Iterator
from typing import Final

import attrs

from stripe_handler_cli.lab.chaos.rerun import Handle, Views, rerun
from stripe_handler_cli.lab.chaos.stories import Story
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.decisions.policy import Policy

SCHEDULES = 200
"""Ways to interleave the handlers that are tried before a difference counts as not found again."""
_SHRINKING_SCHEDULES = 10
_MOST_RERUNS = 4_000
"""After so many, what was found so far is small enough."""

_STEPS: Final[tuple[Callable[[Story], Iterator[Story]], ...]] = (
    Story.ending_earlier,
    Story.without_payments,
    Story.with_one_subscription_less,
    Story.with_one_duplicate_less,
    Story.nearer_to_order,
)


@attrs.frozen
class Smallest:
    """A story that ends wrong: what each profile says in the end, when it is rerun by this schedule."""

    story: Story
    found: Views
    schedule: int


def smallest(story: Story, policy: Policy, handle: Handle = handling) -> Smallest | None:
    """Find the smallest part of a story that ends wrong in memory; None if it ended right every time."""
    return _Search(policy, handle).smallest(story)


@attrs.define
class _Search:
    policy: Policy
    handle: Handle
    reruns: int = 0

    def smallest(self, story: Story) -> Smallest | None:
        best = self._wrong(story, range(SCHEDULES))
        seen = None
        while best is not None and best is not seen and self.reruns <= _MOST_RERUNS:
            seen = best
            for step in _STEPS:
                best = self._exhausted(best, step)
        return best

    def _exhausted(self, best: Smallest, step: Callable[[Story], Iterator[Story]]) -> Smallest:
        """Take a step as often as what is left still ends wrong."""
        while True:
            # What goes wrong one after the other must go on to: that is easier to read.
            schedules = {best.schedule, *range(_SHRINKING_SCHEDULES)} if best.schedule else {0}
            tried = (self._wrong(candidate, sorted(schedules)) for candidate in step(best.story))
            found = next((one for one in tried if one is not None), None)
            if found is None or self.reruns > _MOST_RERUNS:
                return found or best
            best = found

    def _wrong(self, story: Story, schedules: range | list[int]) -> Smallest | None:
        for schedule in schedules:
            self.reruns += 1
            found = rerun(story, self.policy, schedule, self.handle)
            if found != story.truth:
                return Smallest(story, found, schedule)
        return None
