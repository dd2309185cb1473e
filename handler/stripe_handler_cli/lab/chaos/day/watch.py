"""From looks at the profiles to how long each incident left one wrong. Pure; the looks come in."""

import bisect
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from stripe_handler_cli.lab.chaos.counterexamples import differences
from stripe_handler_cli.lab.chaos.day.incidents import Incident, Kind

View = Mapping[str, Any]
_TIME_OF_ATTEMPT = "lastPaymentAt"
_HOUR = 3600
_LOOKS = 2
"""Within so many looks after an incident it shows: the first may have begun before."""


@attrs.frozen
class Span:
    """How long a profile was wrong, as far as looks tell; Unix times of the simulated account.

    Attributes:
        since: When it was first seen wrong.
        until: When it was first seen right again; None if it never was.
    """

    user_id: str
    since: float
    until: float | None


@attrs.frozen
class Harm:
    """What an incident did to a profile.

    Attributes:
        seconds: From the incident to the look that saw the profile right again; None if none did.
    """

    incident: Incident
    user_id: str
    seconds: float | None


def wrong(expected: View, found: View) -> dict[str, tuple[Any, Any]]:
    """What of a profile is wrong: view attribute → (expected, found).

    The time of a failed attempt is none where everything else of it is right: Stripe keeps it in the
    attempt's event alone, and there may be none.
    """
    differing = differences(expected, found)
    is_failed = expected.get("lastPaymentStatus") == found.get("lastPaymentStatus") == "failed"
    if is_failed and set(differing) == {_TIME_OF_ATTEMPT} and _TIME_OF_ATTEMPT in found:
        return {}
    return differing


@attrs.define
class Watch:
    """Notes what looks at all profiles see.

    Attributes:
        truth: What a user's profile must say at the end of a second.
        looks: When looks ended.
    """

    truth: Callable[[str, int], View]
    looks: list[float] = attrs.Factory(list)
    _spans: list[Span] = attrs.Factory(list)
    _wrong: dict[str, float] = attrs.Factory(dict)

    def look(self, found: Mapping[str, View], began: float, ended: float) -> frozenset[str]:
        """Note what was found between two moments of the account, and return whose profile is wrong.

        A profile is right if it says what was true at either of them, for it was read in between.
        """
        for user_id, view in found.items():
            is_right = any(not wrong(self.truth(user_id, int(at)), view) for at in (ended, began))
            if is_right and user_id in self._wrong:
                self._spans.append(Span(user_id, self._wrong.pop(user_id), ended))
            elif not is_right:
                self._wrong.setdefault(user_id, began)
        self.looks.append(ended)
        return frozenset(self._wrong)

    @property
    def spans(self) -> tuple[Span, ...]:
        """All so far, those under way without an end."""
        under_way = (Span(user_id, since, None) for user_id, since in self._wrong.items())
        return (*self._spans, *under_way)

    def hours_until_right(self, moment: float) -> float | None:
        """How long after a moment the last profile was right again; None if one never was."""
        ends = [span.until for span in self.spans]
        if any(end is None for end in ends):
            return None
        return max([0.0, *((end - moment) / _HOUR for end in ends if end is not None)])


def harms(incidents: Iterable[Incident], spans: Sequence[Span], looks: Sequence[float]) -> list[Harm]:
    """What each incident did: the span in which it falls, or that begins with the first looks after it."""
    by_user = {
        user: list(mine)
        for user, mine in itertools.groupby(
            sorted(spans, key=lambda span: (span.user_id, span.since)), key=lambda span: span.user_id
        )
    }
    return [
        Harm(incident, user, None if span.until is None else span.until - incident.second)
        for incident in incidents
        for user in incident.users
        for span in _first(by_user.get(user, ()), incident.second, looks)
    ]


def _first(spans: Iterable[Span], second: float, looks: Sequence[float]) -> Iterator[Span]:
    place = bisect.bisect_right(looks, second) + _LOOKS - 1
    latest = looks[place] if place < len(looks) else float("inf")
    fitting = (one for one in spans if one.since <= latest and (one.until is None or one.until > second))
    yield from itertools.islice(fitting, 1)


def by_kind(found: Iterable[Harm]) -> dict[Kind, list[Harm]]:
    """The harms of each kind."""
    sorted_out: dict[Kind, list[Harm]] = {}
    for one in found:
        sorted_out.setdefault(one.incident.kind, []).append(one)
    return sorted_out
