"""Compares every profile with the simulator's truth, and tells the story of those that differ. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import attrs

from stripe_handler_cli.lab.chaos.configured import Configured
from stripe_handler_cli.lab.chaos.plan import Event
from stripe_handler_cli.lab.chaos.rerun import Smallest, smallest
from stripe_handler_cli.lab.chaos.stories import Story
from stripe_handler_cli.lab.simulator import SimulatedLife, Simulation, told_by

HANDLED = ("write", "skip")
_LINE_FIELDS = {
    "time": "timestamp",
    "id": "event_id",
    "type": "event_type",
    "decision": "decision",
    "reason": "reason",
}

Line = Mapping[str, Any]
"""One log line of the handler."""


@attrs.frozen
class Counterexample:
    """A user whose profile is not the truth.

    Attributes:
        differences: View attribute → (expected, found); None where there is none.
        events: The events of the user's life in the order in which they were handled, an entry per attempt
            that was logged: time, id, type, decision, reason.
        story: The same as far as it was decided, to be run again.
        rerun: Whether it was run again in memory.
        smallest: The smallest part of it that ends wrong there too; None where none does.
    """

    user_id: str
    differences: dict[str, tuple[Any, Any]]
    events: list[dict[str, Any]]
    story: Story = attrs.field(repr=False)
    rerun: bool = False
    smallest: Smallest | None = None

    def shrunk(self, configured: Configured) -> Self:
        """Look for the smallest part of it that ends wrong in memory too."""
        return attrs.evolve(self, rerun=True, smallest=smallest(self.story, configured))

    def as_json(self) -> dict[str, Any]:
        found = self.smallest
        return {
            "user_id": self.user_id,
            "differences": _as_json(self.differences),
            "events": self.events,
            "replayed": self.rerun,
            "smallest": found
            and {
                "schedule": found.schedule,
                "deliveries": list(found.story.deliveries),
                "differences": {
                    user: _as_json(differences(truth, found.found[user]))
                    for user, truth in found.story.truth.items()
                },
            },
        }


def _as_json(differing: Mapping[str, tuple[Any, Any]]) -> dict[str, dict[str, Any]]:
    return {name: {"expected": expected, "found": found} for name, (expected, found) in differing.items()}


def differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The attributes that differ, of those that `told_by` leaves of an item."""
    names = dict.fromkeys((*expected, *found))
    return {
        name: (expected.get(name), found.get(name)) for name in names if expected.get(name) != found.get(name)
    }


def counterexamples(
    simulation: Simulation, profiles: Mapping[str, Mapping[str, Any]], lines: Iterable[Line]
) -> list[Counterexample]:
    """Every user whose profile differs from the truth, those with the fewest events first."""
    by_event: dict[str, list[Line]] = {}
    for line in in_order(lines):
        by_event.setdefault(line.get("event_id") or "", []).append(line)
    found = []
    for life in simulation.lives:
        for user_id, expected in life.profiles.items():
            differing = differences(expected, told_by(profiles.get(user_id, {}), life.settings))
            if differing:
                mine = in_order(line for event in life.events for line in by_event.get(event["id"], []))
                events = [{name: line.get(field) for name, field in _LINE_FIELDS.items()} for line in mine]
                story = Story.of(life, _as_handled(life, mine))
                found.append(Counterexample(user_id, differing, events, story))
    return sorted(found, key=lambda example: (len(example.story.life.events), example.user_id))


def _as_handled(life: SimulatedLife, lines: Iterable[Line]) -> list[Event]:
    events = {event["id"]: event for event in life.events}
    ids = [line["event_id"] for line in lines if line["decision"] in HANDLED]
    # Where a line was lost, nobody knows when its event was handled.
    return [events[event_id] for event_id in (*ids, *(other for other in events if other not in ids))]


def in_order(lines: Iterable[Line]) -> Sequence[Line]:
    """Log lines in the order in which the handlers wrote them."""
    return sorted(lines, key=lambda line: str(line.get("timestamp", "")))
