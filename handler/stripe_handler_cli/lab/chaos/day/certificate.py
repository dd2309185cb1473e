"""What a day did to the profiles and when each was right again, counted. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from stripe_handler_cli.lab.chaos.day.incidents import Incident, Kind
from stripe_handler_cli.lab.chaos.day.watch import Harm, by_kind


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that so large a share of them does not pass; None of no values."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)] if ranked else None


@attrs.frozen
class Healing:
    """How profiles came right again after incidents of one kind; seconds.

    Attributes:
        incidents: How many there were.
        profiles: How many profiles were wrong for one.
        unhealed: How many of these never came right.
    """

    incidents: int
    profiles: int
    unhealed: int
    p50: float | None
    p99: float | None
    longest: float | None

    @classmethod
    def of(cls, incidents: int, harms: Iterable[Harm]) -> "Healing":
        found = list(harms)
        seconds = [one.seconds for one in found if one.seconds is not None]
        return cls(
            incidents,
            len({one.user_id for one in found}),
            len({one.user_id for one in found if one.seconds is None}),
            percentile(seconds, 0.5),
            percentile(seconds, 0.99),
            max(seconds, default=None),
        )


def healings(incidents: Sequence[Incident], harms: Iterable[Harm]) -> dict[Kind, Healing]:
    """By kind of incident, those that occurred, in the order of `Kind`."""
    found = by_kind(harms)
    counts = {kind: sum(one.kind is kind for one in incidents) for kind in Kind}
    return {kind: Healing.of(count, found.get(kind, ())) for kind, count in counts.items() if count}


@attrs.frozen
class Difference:
    """A user whose profile is wrong at the end, with what befell it.

    Attributes:
        differing: View attribute → (expected, found).
        story: (second, what happened, what became of it), in order.
    """

    user_id: str
    differing: Mapping[str, tuple[Any, Any]]
    story: tuple[tuple[float, str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "user_id": self.user_id,
            "differences": {
                name: {"expected": expected, "found": found}
                for name, (expected, found) in self.differing.items()
            },
            "story": [{"at": at, "what": what, "came": came} for at, what, came in self.story],
        }


@attrs.frozen(kw_only=True)
class DayCertificate:
    """What a day did and what came of it.

    Attributes:
        speed: Seconds of the account in one of ours.
        healing: By kind of incident, in the account's seconds.
        ever_wrong: Profiles that an incident made wrong at some time.
        usual: From put to handled of what came as usual, in our seconds: p50, p99, the longest.
        passes, found, repaired: Of the drift check; what it found by kind.
        alarms: Alarm → how often it rang, so somebody would have been called.
        waiting: Messages in the failure queue and the delivery dead-letter queue.
        left_out: What this stack could not be put through, and why.
        leaves: What the run leaves behind.
        seconds: From the day's beginning to the look that ended the run, ours.
        past_events, past_seconds: What was before the day, and how long it took.
    """

    seed: int
    users: int
    day: str
    speed: float
    check_every_hours: float
    repair: bool
    profiles: int
    past_events: int
    past_seconds: float
    events: int
    deliveries: int
    duplicates: int
    thin_events: int
    kills: int
    stripe_faults: int
    stripe_requests: int
    attempts: int
    errors: Mapping[str, int]
    healing: Mapping[Kind, Healing]
    ever_wrong: int
    usual: tuple[float | None, float | None, float | None]
    passes: int
    found: Mapping[str, int]
    repaired: int
    slice_errors: int
    told_missed: int
    alarms: Mapping[str, int]
    waiting: tuple[int, int]
    seconds: float
    right_after_hours: float | None
    looks: int
    left_out: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()

    def as_json(self) -> dict[str, Any]:
        values = attrs.asdict(self, recurse=False)
        return {
            **values,
            "healing": {str(kind): attrs.asdict(one) for kind, one in self.healing.items()},
            "usual": dict(zip(("p50", "p99", "longest"), self.usual, strict=True)),
            "waiting": dict(zip(("failure_queue", "delivery_dead_letter_queue"), self.waiting, strict=True)),
            "differences": len(self.differences),
            "counterexamples": [one.as_json() for one in self.differences],
        }
