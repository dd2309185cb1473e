"""What a run did and what came of it, and the counts that are read off the log. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from stripe_handler_cli.lab.chaos.counterexamples import HANDLED, Counterexample, Line, in_order
from stripe_handler_cli.lab.simulator import Simulation


@attrs.frozen
class Certificate:
    """What a run did and what came of it.

    Attributes:
        reorderings: Attempts handled after a later event of the same customer.
        cut_short: Attempts that ended without the handler's own log line, because its process died.
        errors: Attempts that the handler ended with an error, by type.
        redriven: Events taken from the failure queue and handed to the function again.
        parked: Attempts that left an event waiting for its user.
        unlogged: Events whose log line was lost with its process.
        profiles_showing: What is shown → how many profiles show it.
    """

    seed: int
    users: int
    events: int
    thin_events: int
    deliveries: int
    duplicates: int
    reorderings: int
    kills: int
    attempts: int
    cut_short: int
    errors: dict[str, int]
    redriven: int
    parked: int
    profiles_compared: int
    seconds: float
    unlogged: int = 0
    refetches: int = 0
    stripe_faults: int = 0
    profiles_showing: dict[str, int] = attrs.Factory(dict)
    counterexamples: list[Counterexample] = attrs.Factory(list)

    @property
    def retries(self) -> int:
        """Attempts beyond the first of each delivery and redrive."""
        return self.attempts - self.deliveries - self.redriven

    @property
    def events_per_second(self) -> float:
        return self.events / self.seconds if self.seconds else 0.0

    def as_json(self) -> dict[str, Any]:
        found = [example.as_json() for example in self.counterexamples]
        values = attrs.asdict(self, filter=lambda field, _: field.name != "counterexamples")
        return {
            **values,
            "retries": self.retries,
            "differences": len(found),
            "seconds": round(self.seconds, 1),
            "events_per_second": round(self.events_per_second, 1),
            "counterexamples": found,
        }


def showing(profiles: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Count what profiles answer: access, several products, and the newest payment's state."""
    counts: Counter[str] = Counter()
    for profile in profiles:
        counts["access until"] += "subscriptionAccessUntil" in profile
        counts["several products"] += len(profile.get("subscriptionProducts", ())) > 1
        counts["paused collection"] += "subscriptionPauseCollection" in profile
        counts["entitlements"] += "entitlements" in profile
        if "lastPaymentStatus" in profile:
            counts[f"payment {profile['lastPaymentStatus']}"] += 1
    return dict(sorted(counts.items()))


def reorderings(simulation: Simulation, lines: Iterable[Line]) -> int:
    """How many log lines are of an event that came after a later one of the same customer."""
    positions = {
        event["id"]: (number, position)
        for number, life in enumerate(simulation.lives)
        for position, event in enumerate(life.events)
    }
    furthest: dict[int, int] = {}
    late = 0
    for line in in_order(lines):
        if line.get("event_id") in positions:
            number, position = positions[line["event_id"]]
            late += position < furthest.get(number, 0)
            furthest[number] = max(furthest.get(number, 0), position)
    return late


def unhandled(event_ids: Iterable[str], lines: Iterable[Line]) -> list[str]:
    """The events of which no log line says that they were written or skipped."""
    handled = {line.get("event_id") for line in lines if line["decision"] in HANDLED}
    return [event_id for event_id in event_ids if event_id not in handled]
