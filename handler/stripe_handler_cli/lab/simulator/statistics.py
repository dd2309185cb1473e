"""Counts over simulated lives, one life at a time, and how they are shown."""

from collections import Counter
from typing import Any

import attrs
from rich.console import Console

from stripe_handler_cli.common.tables import fields, table
from stripe_handler_cli.lab.simulator.delivery import second_of
from stripe_handler_cli.lab.simulator.simulation import SimulatedLife

_MANY = 4


@attrs.define
class Statistics:
    """What was simulated so far.

    Attributes:
        scenarios: Scenario → lives that went through it; a life may go through two.
        groups: Size → groups of events of one object's subscription in one second; `4` stands for more, too.
        sharing: Events that share their second with another one of their subscription.
        update_ties: Seconds in which one subscription was updated more than once.
    """

    users: int = 0
    lives: int = 0
    scenarios: Counter[str] = attrs.Factory(Counter)
    eras: Counter[str] = attrs.Factory(Counter)
    event_types: Counter[str] = attrs.Factory(Counter)
    groups: Counter[int] = attrs.Factory(Counter)
    sharing: int = 0
    update_ties: int = 0

    def add(self, life: SimulatedLife) -> None:
        self.users += len(life.users)
        self.lives += 1
        self.scenarios.update(life.scenarios)
        self.eras[life.version.era] += 1
        self.event_types.update(event["type"] for event in life.events)
        moments = [(_subject(event), second_of(event), event["type"]) for event in life.events]
        for size in Counter((subject, second) for subject, second, _ in moments).values():
            self.groups[min(size, _MANY)] += 1
            self.sharing += size if size > 1 else 0
        updates = Counter(moment for moment in moments if moment[2].endswith("subscription.updated"))
        self.update_ties += sum(size > 1 for size in updates.values())

    def as_json(self) -> dict[str, Any]:
        """Everything as plain values, most frequent first where it makes a list."""
        return {
            "users": self.users,
            "lives": self.lives,
            "events": self.event_types.total(),
            "events_by_type": dict(self.event_types.most_common()),
            "events_sharing_a_second": self.sharing,
            "seconds_by_number_of_events": {
                f"{size} or more" if size == _MANY else str(size): self.groups[size]
                for size in sorted(self.groups)
            },
            "seconds_with_several_updates": self.update_ties,
            "lives_by_scenario": dict(self.scenarios.most_common()),
            "lives_by_era": {era: self.eras[era] for era in sorted(self.eras)},
        }

    def print_summary(self, console: Console, seconds: float) -> None:
        figures = self.as_json()
        events = figures["events"]
        told = (
            ("users", f"{self.users:,}"),
            ("events", f"{events:,} ({events / self.users:.1f} a user)"),
            ("generated", f"in {seconds:.1f} s, {events / seconds:,.0f} events/s"),
            ("sharing a second", f"{self.sharing:,} ({self.sharing / max(events, 1):.0%} of the events)"),
            ("seconds with several updates", f"{self.update_ties:,}"),
        )
        console.print(fields(told))
        for noun, counted, name in (
            ("event type", "events", "events_by_type"),
            ("events of a subscription in one second", "seconds", "seconds_by_number_of_events"),
            ("scenario", "lives", "lives_by_scenario"),
            ("era", "lives", "lives_by_era"),
        ):
            rows = table(noun, counted, right=(counted,))
            for value, count in figures[name].items():
                rows.add_row(value, f"{count:,}")
            console.print()
            console.print(rows)


def _subject(event: dict[str, Any]) -> str:
    """The subscription an event is about, else the invoice."""
    if "related_object" in event:
        return str(event["related_object"]["id"])
    body = event["data"]["object"]
    details = (body.get("parent") or {}).get("subscription_details") or {}
    named = details.get("subscription") or body.get("subscription") or body.get("id") or body["customer"]
    return str(named["id"] if isinstance(named, dict) else named)
