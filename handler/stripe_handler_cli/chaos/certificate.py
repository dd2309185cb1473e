"""Judges a run: every profile against the simulator's truth, the log against the order of events. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from stripe_handler_cli.simulator import Simulation
from stripe_subscription_handler.profile import PAYMENT_VIEW, SUBSCRIPTION_VIEW

VIEW = (*SUBSCRIPTION_VIEW, *PAYMENT_VIEW)
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
        user_id: The user.
        differences: View attribute → (expected, found); None where there is none.
        events: The events of the user's life in the order in which they were handled, an entry per attempt
            that was logged: time, id, type, decision, reason.
    """

    user_id: str
    differences: dict[str, tuple[Any, Any]]
    events: list[dict[str, Any]]


@attrs.frozen
class Certificate:
    """What a run did and what came of it.

    Attributes:
        seed: Of the simulation and of the mischief.
        users: Simulated customers.
        events: Distinct events.
        deliveries: Events put on the bus.
        duplicates: Deliveries that were not the first of their event.
        reorderings: Attempts handled after a later event of the same customer.
        kills: Handler processes killed.
        attempts: Invocations of the function.
        cut_short: Attempts that ended without the handler's own log line, because its process died.
        errors: Attempts that the handler ended with an error, by type.
        redriven: Events taken from the failure queue and handed to the function again.
        refetches: Requests to Stripe.
        profiles_compared: Users whose profile was compared.
        seconds: From the first delivery to the last attempt.
        counterexamples: Users whose profile differs, those with the fewest events first.
    """

    seed: int
    users: int
    events: int
    deliveries: int
    duplicates: int
    reorderings: int
    kills: int
    attempts: int
    cut_short: int
    errors: dict[str, int]
    redriven: int
    refetches: int
    profiles_compared: int
    seconds: float
    counterexamples: list[Counterexample]

    @property
    def retries(self) -> int:
        """Attempts beyond the first of each delivery and redrive."""
        return self.attempts - self.deliveries - self.redriven

    @property
    def events_per_second(self) -> float:
        """Events that went all the way, per second."""
        return self.events / self.seconds if self.seconds else 0.0

    def as_json(self) -> dict[str, Any]:
        """As plain values, for `--json`."""
        found = [
            {
                "user_id": example.user_id,
                "differences": {
                    name: {"expected": expected, "found": actual}
                    for name, (expected, actual) in example.differences.items()
                },
                "events": example.events,
            }
            for example in self.counterexamples
        ]
        values = attrs.asdict(self, filter=lambda field, _: field.name != "counterexamples")
        return {
            **values,
            "retries": self.retries,
            "differences": len(found),
            "seconds": round(self.seconds, 1),
            "events_per_second": round(self.events_per_second, 1),
            "counterexamples": found,
        }


def differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The view attributes that differ; the ledger and the app's own attributes do not count."""
    return {
        name: (expected.get(name), found.get(name)) for name in VIEW if expected.get(name) != found.get(name)
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
            differing = differences(expected, profiles.get(user_id, {}))
            if differing:
                mine = in_order(line for event in life.events for line in by_event.get(event["id"], []))
                events = [{name: line.get(field) for name, field in _LINE_FIELDS.items()} for line in mine]
                found.append((len(life.events), Counterexample(user_id, differing, events)))
    return [example for _, example in sorted(found, key=lambda pair: (pair[0], pair[1].user_id))]


def reorderings(simulation: Simulation, lines: Iterable[Line]) -> int:
    """How many log lines are of an event that came after a later one of the same customer."""
    places = {
        event["id"]: (number, place)
        for number, life in enumerate(simulation.lives)
        for place, event in enumerate(life.events)
    }
    furthest: dict[int, int] = {}
    late = 0
    for line in in_order(lines):
        if line.get("event_id") in places:
            number, place = places[line["event_id"]]
            late += place < furthest.get(number, 0)
            furthest[number] = max(furthest.get(number, 0), place)
    return late


def unhandled(event_ids: Iterable[str], lines: Iterable[Line]) -> list[str]:
    """The events of which no log line says that they were written or skipped."""
    handled = {line.get("event_id") for line in lines if line["decision"] in HANDLED}
    return [event_id for event_id in event_ids if event_id not in handled]


def in_order(lines: Iterable[Line]) -> Sequence[Line]:
    """Log lines in the order in which the handlers wrote them."""
    return sorted(lines, key=lambda line: str(line.get("timestamp", "")))
