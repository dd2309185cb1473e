"""Counts over simulated lives, one life at a time. Pure."""

from collections import Counter
from typing import Any

import attrs

from stripe_handler_cli.lab.simulator.simulation import SimulatedLife

_MANY = 4


@attrs.define
class Statistics:
    """What was simulated so far.

    Attributes:
        users: Users, those without any subscription included.
        lives: Lives, one per customer.
        scenarios: Scenario → lives that went through it; a life may go through two.
        eras: Era → lives.
        event_types: Event type → events.
        groups: Size → groups of events of one object's subscription in one second; `4` stands for more, too.
        events_sharing_a_second: Events that share their second with another one of their subscription.
        update_ties: Seconds in which one subscription was updated more than once.
    """

    users: int = 0
    lives: int = 0
    scenarios: Counter[str] = attrs.Factory(Counter)
    eras: Counter[str] = attrs.Factory(Counter)
    event_types: Counter[str] = attrs.Factory(Counter)
    groups: Counter[int] = attrs.Factory(Counter)
    events_sharing_a_second: int = 0
    update_ties: int = 0

    @property
    def events(self) -> int:
        """Number of events."""
        return self.event_types.total()

    def add(self, life: SimulatedLife) -> None:
        """Count one more life."""
        self.users += len(life.users)
        self.lives += 1
        self.scenarios.update(life.scenarios)
        self.eras[life.version.era] += 1
        groups: Counter[tuple[str, str]] = Counter()
        updates: Counter[tuple[str, str]] = Counter()
        for event in life.events:
            self.event_types[event["type"]] += 1
            # Thin events carry milliseconds; the rest of the text is the second.
            place = (_subject(event), str(event["created"]).partition(".")[0])
            groups[place] += 1
            updates[place] += event["type"].endswith("subscription.updated")
        for size in groups.values():
            self.groups[min(size, _MANY)] += 1
            self.events_sharing_a_second += size if size > 1 else 0
        self.update_ties += sum(1 for size in updates.values() if size > 1)

    def as_json(self) -> dict[str, Any]:
        """Everything as plain values, most frequent first where it makes a list."""
        return {
            "users": self.users,
            "lives": self.lives,
            "events": self.events,
            "events_by_type": dict(self.event_types.most_common()),
            "events_sharing_a_second": self.events_sharing_a_second,
            "seconds_by_number_of_events": {
                f"{size} or more" if size == _MANY else str(size): self.groups[size]
                for size in sorted(self.groups)
            },
            "seconds_with_several_updates": self.update_ties,
            "lives_by_scenario": dict(self.scenarios.most_common()),
            "lives_by_era": {era: self.eras[era] for era in sorted(self.eras)},
        }


def _subject(event: dict[str, Any]) -> str:
    """The subscription an event is about, else the invoice."""
    if "related_object" in event:
        return str(event["related_object"]["id"])
    body = event["data"]["object"]
    details = (body.get("parent") or {}).get("subscription_details") or {}
    named = details.get("subscription") or body.get("subscription") or body["id"]
    return str(named["id"] if isinstance(named, dict) else named)
