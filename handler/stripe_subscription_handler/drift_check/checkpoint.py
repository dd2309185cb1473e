"""Where a slice of the drift check is: gathers what the walk notes, and keeps it every few pages. Pure.

It also ends the slice: when time is up, the next `note` keeps everything and raises `SliceEndedError`. What a
page told counts only together with the place behind that page: a slice that breaks off loses whole pages, and
the next one looks at them again.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.comparison.checkpoint import Claim, Seen
from stripe_subscription_handler.comparison.differences import Difference
from stripe_subscription_handler.drift_check.drift_pass import DriftPass, PassStore
from stripe_subscription_handler.drift_check.fingerprints import Fingerprints, Sighting
from stripe_subscription_handler.drift_check.looks import Look, looks_of

KEPT_EVERY = 10
"""Pages: 1,000 subscriptions of Stripe in 16 KB, one item."""
LOOKS_TOGETHER = 500
"""Looks in one item: about 60 KB, and with users' ids of 255 characters still less than the 400 it takes."""
_WITHOUT_USER = 500


class SliceEndedError(Exception):
    """The time of this invocation is up; everything is kept."""


@attrs.define
class PassCheckpoint:
    """A slice's checkpoint, for the walk (`Checkpoint`) and for the second looks."""

    passes: PassStore
    holder: str
    drift_pass: DriftPass
    is_over: Callable[[], bool]
    clock: Callable[[], float]
    _state: dict[str, Any] = attrs.field(init=False)
    _sighting: Sighting = attrs.field(factory=Sighting, init=False)
    _found: list[Difference] = attrs.field(factory=list, init=False)
    _looks: list[Look] = attrs.field(factory=list, init=False)
    _pages: int = attrs.field(default=0, init=False)
    _fingerprints: Fingerprints | None = attrs.field(default=None, init=False)
    _reported: set[tuple[str, str]] = attrs.field(factory=set, init=False)
    _list: tuple[int, tuple[Look, ...]] = attrs.field(default=(-1, ()), init=False)

    def __attrs_post_init__(self) -> None:
        self._state = dict(self.drift_pass.state)

    def read(self, name: str) -> Any:
        return self._state.get(name)

    def differs(self, difference: Difference) -> None:
        """Take note of a difference on the page under way: it is to be looked at again."""
        self._found.append(difference)

    def note(
        self,
        *,
        state: Mapping[str, Any],
        seen: Mapping[str, str | None] | None = None,
        reported: Iterable[tuple[str, str]] = (),
    ) -> None:
        self._sighting += Sighting.of(seen or {})
        if self._fingerprints is not None:
            self._fingerprints.add(seen or {})
        self._reported.update(reported)
        self._looks.extend(looks_of(self._found, int(self.clock())))
        self._found.clear()
        self._end_page(state)

    def _end_page(self, state: Mapping[str, Any], *, keep: bool = False) -> None:
        self._state.update(state)
        self._pages += 1
        is_over = self.is_over()
        if keep or is_over or self._pages >= KEPT_EVERY:
            self.keep()
        if is_over:
            raise SliceEndedError

    def keep(self, **changes: Any) -> None:
        """Keep everything up to the last page, and changes of the pass's own."""
        drift_pass = attrs.evolve(self.drift_pass, state=dict(self._state), **changes)
        if not self._sighting.is_empty:
            self.passes.put_sighting(drift_pass, self._sighting)
            drift_pass = attrs.evolve(drift_pass, sightings=drift_pass.sightings + 1)
        for start in range(0, len(self._looks), LOOKS_TOGETHER):
            self.passes.put_looks(drift_pass, self._looks[start : start + LOOKS_TOGETHER])
            drift_pass = attrs.evolve(drift_pass, looks=drift_pass.looks + 1)
        self.passes.save(self.holder, drift_pass)
        self.drift_pass, self._sighting, self._pages = drift_pass, Sighting(), 0
        self._looks.clear()

    def _loaded(self) -> Fingerprints:
        if self._fingerprints is None:
            self.keep()
            self._fingerprints = Fingerprints(self.passes.sightings(self.drift_pass))
            lists = (self.passes.looks(self.drift_pass, number) for number in range(self.drift_pass.looks))
            self._reported = {
                (look.subscription_id, user_id) for looks in lists for look in looks for user_id in look.users
            }
        return self._fingerprints

    def seen(self, claims: Iterable[Claim]) -> dict[Claim, Seen]:
        found = ((claim, self._loaded().seen(claim)) for claim in claims)
        return {claim: seen for claim, seen in found if seen is not None}

    def without_user(self, after: str) -> list[str]:
        return self._loaded().without_user(after, _WITHOUT_USER)

    def was_reported(self, subscription_id: str, user_id: str) -> bool:
        self._loaded()
        return (subscription_id, user_id) in self._reported

    def next_look(self) -> Look | None:
        """What is to be looked at again next, if anything is left."""
        number, index = self._state.get("looked", (0, 0))
        if number >= self.drift_pass.looks:
            if not self._looks:
                return None
            self.keep()
        if self._list[0] != number:
            self._list = number, self.passes.looks(self.drift_pass, number)
        look: Look = self._list[1][index]
        return look

    def looked(self, again: Iterable[Look], state: Mapping[str, Any], *, keep: bool) -> None:
        """Go on to the next look, and look once more at what this one leaves (`again`).

        `keep` says that this look must not be done again: something was told, or repaired.
        """
        number, index = self._state.get("looked", (0, 0))
        is_last = index + 1 >= len(self._list[1])
        self._looks.extend(again)
        self._end_page({**state, "looked": (number + 1, 0) if is_last else (number, index + 1)}, keep=keep)
