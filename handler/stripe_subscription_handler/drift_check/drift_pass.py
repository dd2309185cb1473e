"""One pass of the scheduled drift check, shared by many invocations: what is kept between two. Pure."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import attrs

from stripe_subscription_handler.drift_check.fingerprints import Sighting
from stripe_subscription_handler.drift_check.looks import Look

GIVEN_UP_AFTER_INTERVALS = 3
"""A pass that has not ended by then is given up, and a new one begins: Stripe may have lost its place."""


@attrs.frozen
class DriftPass:
    """A pass, as far as it has got.

    Attributes:
        started: Unix time in seconds.
        finished: The same; None while it is under way.
        slices: How many invocations have worked on it.
        worked_seconds: How long these took together.
        sightings: How many sightings are kept of it.
        looks: How many lists of looks are kept of it.
        state: What the walk notes; ready for JSON.
    """

    id: str
    started: int
    finished: int | None = None
    slices: int = 0
    worked_seconds: float = 0.0
    sightings: int = 0
    looks: int = 0
    state: Mapping[str, Any] = attrs.Factory(dict)

    @property
    def is_backfill(self) -> bool:
        """Whether it repairs at first sight."""
        return bool(self.state.get("backfill"))

    def as_json(self) -> dict[str, Any]:
        return attrs.asdict(self, recurse=False)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "DriftPass":
        return cls(**values)


class Next(enum.Enum):
    """What an invocation has to do."""

    BEGIN = "begin"
    GO_ON = "go_on"
    NOTHING = "nothing"


def next_step(
    drift_pass: DriftPass | None, now: float, interval_seconds: float, *, begin: bool = False
) -> Next:
    """Decide what an invocation has to do at a Unix time.

    A pass begins `interval_seconds` after the last one began, or when somebody wants one now (`begin`).
    """
    if drift_pass is None:
        return Next.BEGIN
    if drift_pass.finished is None:
        is_stuck = now >= drift_pass.started + GIVEN_UP_AFTER_INTERVALS * interval_seconds
        return Next.BEGIN if is_stuck else Next.GO_ON
    return Next.BEGIN if begin or now >= drift_pass.started + interval_seconds else Next.NOTHING


class PassStore(Protocol):
    """Where passes are kept. Only their holder may write; `PassHeldError` says that it is another invocation.

    A sighting or a list of looks counts once the pass that counts it is saved.
    """

    def take(self, holder: str, now: float, until: float) -> DriftPass | None:
        """Hold them, until a Unix time at the latest, and return the last pass."""

    def save(self, holder: str, drift_pass: DriftPass) -> None: ...

    def release(self, holder: str) -> None: ...

    def put_sighting(self, drift_pass: DriftPass, sighting: Sighting) -> None: ...

    def sightings(self, drift_pass: DriftPass) -> Iterable[Sighting]:
        """All that count."""

    def put_looks(self, drift_pass: DriftPass, looks: Sequence[Look]) -> None: ...

    def looks(self, drift_pass: DriftPass, number: int) -> tuple[Look, ...]:
        """One list of looks, from 0; empty where it does not count yet."""
