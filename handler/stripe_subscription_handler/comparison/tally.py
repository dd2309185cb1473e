"""Counts differences, and keeps the first of them to be shown. Pure; it does not grow with the account."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.comparison.differences import Difference, Kind

SHOWN = 50
"""How many differences are kept for the table."""


@attrs.define
class Tally:
    """What a comparison found and did so far; differences and repairs by kind.

    Attributes:
        subscriptions: Subscriptions that Stripe listed.
        profiles: Profiles that know a subscription.
        overtaken: Snapshots of which the profile was newer already.
        other_settings: Profiles that were written under other settings, and show what they should.
        shown: The first differences.
        unrepaired: Differences that can be repaired and were not.
        forgotten: Subscriptions that are let alone because they were forgotten, each with its customer.
    """

    subscriptions: int = 0
    profiles: int = 0
    events: int = 0
    overtaken: int = 0
    other_settings: int = 0
    found: Counter[str] = attrs.field(factory=Counter)
    repaired: Counter[str] = attrs.field(factory=Counter)
    shown: list[Difference] = attrs.field(factory=list)
    unrepaired: int = 0
    forgotten: dict[str, str] = attrs.field(factory=dict)

    def let_alone(self, subscription_id: str, customer_id: str) -> None:
        if len(self.forgotten) < SHOWN:
            self.forgotten[subscription_id] = customer_id

    def add(self, difference: Difference) -> None:
        self.found[difference.kind] += 1
        self.repaired[difference.kind] += difference.repaired
        self.unrepaired += difference.can_be_repaired and not difference.repaired
        if len(self.shown) < SHOWN:
            self.shown.append(difference)

    def take_in(self, other: "Tally") -> None:
        """Add what another one counted."""
        self.subscriptions += other.subscriptions
        self.profiles += other.profiles
        self.events += other.events
        self.overtaken += other.overtaken
        self.other_settings += other.other_settings
        self.found.update(other.found)
        self.repaired.update(other.repaired)
        self.shown.extend(other.shown[: SHOWN - len(self.shown)])
        self.unrepaired += other.unrepaired

    @property
    def differences(self) -> int:
        return self.found.total()

    @property
    def remaining(self) -> int:
        return self.found.total() - self.repaired.total()

    @property
    def recomputed(self) -> int:
        """How many views were computed anew from their ledgers."""
        return self.repaired[Kind.VIEW]

    @property
    def from_stripe(self) -> int:
        """How many differences were repaired with what Stripe said."""
        return self.repaired.total() - self.recomputed

    def as_json(self) -> dict[str, Any]:
        """As plain values, for `--json` and for the state file."""
        return {
            "subscriptions": self.subscriptions,
            "profiles": self.profiles,
            "events": self.events,
            "overtaken": self.overtaken,
            "other_settings": self.other_settings,
            "differences": self.differences,
            "remaining": self.remaining,
            "unrepaired": self.unrepaired,
            "recomputed": self.recomputed,
            "from_stripe": self.from_stripe,
            "found": {kind: count for kind, count in self.found.items() if count},
            "repaired": {kind: count for kind, count in self.repaired.items() if count},
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any] | None) -> "Tally":
        """Go on counting where `as_json` was; what was shown then is not shown again."""
        if values is None:
            return cls()
        return cls(
            values["subscriptions"],
            values["profiles"],
            values["events"],
            values["overtaken"],
            values["other_settings"],
            Counter(values["found"]),
            Counter(values["repaired"]),
            unrepaired=values["unrepaired"],
        )
