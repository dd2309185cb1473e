"""The boxes of the README's picture, from what the looks have seen. Pure.

A box that could not be looked at says so; its neighbours are shown all the same.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.composed.console.looks import Alarm, LastDrift
from stripe_handler_cli.composed.console.metrics import HOURS, Series
from stripe_handler_cli.composed.console.watch import Seen

OK, WARN, BAD, UNKNOWN = "ok", "warn", "bad", "unknown"
WORDS = {OK: "well", WARN: "look", BAD: "trouble", UNKNOWN: "not known"}
"""State of a box → its word, which says what its colour says."""
_WINDOW = f"last {HOURS} h"


@attrs.frozen
class Figure:
    """A number and what it counts."""

    value: str
    label: str
    kind: str = ""


@attrs.frozen
class Box:
    """One box of the picture.

    Attributes:
        spark: The figures of its sparkline; None for none.
        note: What could not be seen, and why.
        href: The page that tells more.
    """

    key: str
    title: str
    state: str
    figures: tuple[Figure, ...] = ()
    spark: Series | None = None
    spark_told: str = ""
    note: str = ""
    href: str | None = None

    @property
    def word(self) -> str:
        return WORDS[self.state]


@attrs.frozen
class Picture:
    """The whole pipeline at a moment."""

    boxes: tuple[Box, ...]
    alarms: tuple[Alarm, ...]
    alarms_note: str
    at: str

    @property
    def summary(self) -> str:
        """In one sentence, for whoever does not see the picture."""
        ringing = sum(one.is_ringing for one in self.alarms)
        wrong = [f"{one.title}: {one.word}" for one in self.boxes if one.state in {WARN, BAD, UNKNOWN}]
        told = "; ".join(wrong) or "every box is well"
        return f"{plural(ringing, 'alarm')} ringing. {told[0].upper()}{told[1:]}."


def picture(seen: Mapping[str, Seen], outputs: Mapping[str, Any], at: str) -> Picture:
    """Draw it."""
    boxes = [
        _bus(seen, outputs),
        _rule(seen),
        _queue(seen, "delivery", "Delivery dead-letter queue"),
        _function(seen),
        _queue(seen, "failure", "Failure queue"),
        _profiles(seen, has_drift_check="drift" in seen),
    ]
    if "untold" in seen:
        boxes.append(_profile_events(seen["untold"]))
    return Picture(tuple(boxes), seen["alarms"].value or (), _note(seen["alarms"]), at)


def _note(*looks: Seen) -> str:
    """What is wrong with looks; empty where nothing is."""
    for one in looks:
        if one.late_seconds is not None:
            return f"AWS has not answered for {one.late_seconds:.0f} s"
    return "; ".join(dict.fromkeys(one.error for one in looks if one.error is not None))


def _series(seen: Mapping[str, Seen], key: str) -> Series | None:
    figures: Mapping[str, Series] | None = seen["figures"].value
    return None if figures is None else figures.get(key)


def _counted(seen: Mapping[str, Seen], key: str, label: str, kind: str = "") -> Figure:
    series = _series(seen, key)
    return Figure("?" if series is None else f"{series.total:,}", label, kind)


def _total(seen: Mapping[str, Seen], *keys: str) -> int:
    return sum(series.total for key in keys if (series := _series(seen, key)) is not None)


def _state(note: str, *, bad: bool = False, warn: bool = False) -> str:
    if bad:
        return BAD
    return UNKNOWN if note else WARN if warn else OK


def _bus(seen: Mapping[str, Seen], outputs: Mapping[str, Any]) -> Box:
    note = _note(seen["figures"])
    is_partner = str(outputs.get("event_bus_name", "")).startswith("aws.partner/")
    return Box(
        "bus",
        "Partner bus" if is_partner else "Event bus",
        _state(note),
        (_counted(seen, "matched", f"events the rule matched, {_WINDOW}"),),
        _series(seen, "matched"),
        "events matched",
        note,
    )


def _rule(seen: Mapping[str, Seen]) -> Box:
    look = seen["rule"]
    note = _note(look, seen["figures"])
    is_off = look.value is not None and look.value["state"] not in {"", "ENABLED"}
    failed = _total(seen, "not_handed_over")
    figures = [_counted(seen, "handed_over", f"handed to the function, {_WINDOW}")]
    if failed:
        figures.append(Figure(f"{failed:,}", "not handed over", BAD))
    if is_off:
        figures.append(Figure("off", "the rule is disabled: only the archive has the events", BAD))
    return Box(
        "rule", "Rule", _state(note, bad=is_off, warn=failed > 0), tuple(figures),
        _series(seen, "handed_over"), "invocations", note, "/doctor",
    )  # fmt: skip


def _queue(seen: Mapping[str, Seen], key: str, title: str) -> Box:
    look = seen[key]
    note, counts = _note(look), look.value
    waiting = None if counts is None else counts.visible + counts.in_flight
    figure = Figure("?" if waiting is None else f"{waiting:,}", "events wait", BAD if waiting else "")
    state = _state(note, bad=bool(waiting))
    return Box(key, title, state, (figure,), _series(seen, key), "events in the queue", note, "/failures")


def _function(seen: Mapping[str, Seen]) -> Box:
    note = _note(seen["figures"])
    figures = (
        _counted(seen, "write", "applied", OK),
        _counted(seen, "skip", "skipped"),
        _counted(seen, "error", f"failed attempts, {_WINDOW}", BAD if _total(seen, "error") else ""),
    )
    warn = _total(seen, "error", "attempts_failed", "throttled") > 0
    return Box(
        "function",
        "Function",
        _state(note, warn=warn),
        figures,
        _series(seen, "write"),
        "events applied",
        note,
    )


def _profiles(seen: Mapping[str, Seen], *, has_drift_check: bool) -> Box:
    look = seen["parked"]
    looks = [look, seen["drift"]] if has_drift_check else [look]
    note, waiting = _note(*looks), look.value
    figures = [Figure("?" if waiting is None else f"{waiting.parked:,}", "events wait for a user (parked)")]
    warn = bad = False
    if waiting is not None and waiting.parked:
        warn, bad = True, waiting.expiring > 0
        figures.append(Figure(f"{waiting.expiring:,}", "expire within 7 days", BAD if bad else ""))
    if has_drift_check:
        drift: LastDrift | None = seen["drift"].value
        figures.append(drift_figure(drift))
        warn = warn or (drift is not None and drift.tally.remaining > 0)
    return Box(
        "profiles", "Profiles", _state(note, bad=bad, warn=warn), tuple(figures),
        _series(seen, "parked"), "events parked", note, "/drift",
    )  # fmt: skip


def drift_figure(drift: LastDrift | None) -> Figure:
    """What the drift check found last, as a figure."""
    if drift is None:
        return Figure("none", "the drift check has made no pass yet")
    at = _iso_second(drift.the_pass.finished or drift.the_pass.started)
    done = "ended" if drift.the_pass.finished else "under way since"
    left = drift.tally.remaining
    return Figure(f"{left:,}", f"differ from Stripe (pass {done} {at})", WARN if left else "")


def _iso_second(second: int) -> str:
    return iso(datetime.fromtimestamp(second, UTC))


def _profile_events(look: Seen) -> Box:
    note, count = _note(look), look.value
    figure = Figure("?" if count is None else f"{count:,}", "changes not told", WARN if count else "")
    state = _state(note, warn=bool(count))
    return Box("untold", "Profile events", state, (figure,), note=note, href="/failures#profile-events")
