"""The lanes of a user's subscriptions as a drawing of a given width. Pure.

Above each bar stand the subscription's id and its status now, so that a narrow drawing has the same lanes as
a wide one. On the bar stand the statuses as colour and word, below it who owned it; a thin line goes on until
access ends.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import attrs
from markupsafe import Markup

from stripe_handler_cli.composed.console.drawing.svg import element
from stripe_handler_cli.composed.console.lanes import Lane, Span
from stripe_subscription_handler.decisions.access import FOR_EVER

WIDE, NARROW = 1040, 350
_TOP, _LANE, _BAR, _OWNER = 30.0, 92.0, 26.0, 14.0
_SIDE = 8.0
_LETTER = 7.0
"""About how wide a letter is."""
_LETTERS_OF_A_TICK = 12
_STEPS = tuple(timedelta(hours=one) for one in (1, 6, 24, 7 * 24, 30 * 24, 91 * 24, 365 * 24))
_AFTER = 0.06
"""Of the whole, how much room is left after now and the last end."""
_AHEAD = timedelta(days=400)
"""An access that ends later runs out of the drawing."""


@attrs.frozen
class _Axis:
    start: datetime
    end: datetime
    width: float

    def x(self, time: str) -> float:
        share = (_moment(time) - self.start) / (self.end - self.start)
        return _SIDE + min(max(share, 0.0), 1.0) * (self.width - 2 * _SIDE)

    def ticks(self) -> list[datetime]:
        most = max(2, int(self.width / (_LETTER * _LETTERS_OF_A_TICK * 1.4)))
        span = self.end - self.start
        step = next((one for one in _STEPS if span / one <= most), span / most)
        first = self.start.replace(hour=0, minute=0, second=0, microsecond=0)
        found = [first + number * step for number in range(int(span / step) + 2)]
        return [one for one in found if self.start <= one <= self.end]

    def label(self, tick: datetime) -> str:
        is_short = self.end - self.start < timedelta(days=3)
        return tick.strftime("%d %b %H:%M" if is_short else "%Y-%m-%d")


def legend(lanes: Sequence[Lane]) -> dict[str, str]:
    """Every status in the lanes, and its class: a bar may be too short for the word."""
    words = sorted({span.word for lane in lanes for span in lane.statuses})
    return {word: status_class(word) for word in words}


def draw(lanes: Sequence[Lane], now: str, width: int = WIDE) -> Markup:
    """Draw the lanes; an empty text where there is none."""
    if not lanes:
        return Markup("")
    axis = _axis(lanes, now, width)
    height = _TOP + _LANE * len(lanes) + 6
    parts = [
        element("title", "Subscriptions over time"),
        element("desc", ". ".join(one.told for one in lanes)),
        *_ticks(axis, height),
        *(part for place, lane in enumerate(lanes) for part in _lane(axis, lane, _TOP + _LANE * place)),
        *_now(axis, now, height),
    ]
    kind = "narrow" if width < WIDE else "wide"
    return element("svg", *parts, viewBox=f"0 0 {width} {height:.0f}", class_=f"timeline {kind}", role="img")


def _moment(time: str) -> datetime:
    moment = datetime.fromisoformat(time)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _axis(lanes: Sequence[Lane], now: str, width: float) -> _Axis:
    spans = [span for lane in lanes for span in (*lane.statuses, *lane.owners)]
    starts = [_moment(one.start) for one in spans] + [_moment(now)]
    latest = _moment(now) + _AHEAD
    ends = [_moment(one.end) for one in spans] + [_moment(now)]
    ends += [
        min(_moment(lane.access.end), latest)
        for lane in lanes
        if lane.access is not None and lane.access.end != FOR_EVER
    ]
    start, end = min(starts), max(ends)
    room = max((end - start) * _AFTER, timedelta(hours=1))
    return _Axis(start - room / 2, end + room, float(width))


def _ticks(axis: _Axis, height: float) -> list[Markup]:
    found = []
    for tick in axis.ticks():
        x = axis.x(tick.isoformat())
        found.append(element("line", x1=x, y1=_TOP - 8, x2=x, y2=height, class_="tick"))
        is_last = x > axis.width - _LETTER * _LETTERS_OF_A_TICK
        anchor = "end" if is_last else "start"
        found.append(
            element("text", axis.label(tick), x=x, y=_TOP - 14, class_="tick-label", text_anchor=anchor)
        )
    return found


def _now(axis: _Axis, now: str, height: float) -> list[Markup]:
    x = axis.x(now)
    anchor = "end" if x > axis.width - 40 else "start"
    return [
        element("line", x1=x, y1=_TOP - 4, x2=x, y2=height, class_="now"),
        element("text", "now", x=x + (-4 if anchor == "end" else 4), y=_TOP + 5, class_="now-label",
                text_anchor=anchor),
    ]  # fmt: skip


def _lane(axis: _Axis, lane: Lane, top: float) -> list[Markup]:
    bar = top + 26
    shown = " · shown to the app" if lane.is_shown else ""
    room = int((axis.width - 2 * _SIDE) / _LETTER)
    title = _shortened(f"{lane.subscription_id} · {lane.status}{shown}", room)
    parts = [element("text", title, x=_SIDE, y=top + 18, class_="lane-title")]
    if lane.access is not None:
        parts += _access(axis, lane.access, bar)
    parts += [part for span in lane.statuses for part in _status(axis, span, bar)]
    for mark in lane.marks:
        told = f"payment {mark.word} at {mark.at}"
        parts.append(
            element("g", element("title", told), *_mark(axis.x(mark.at), bar + _BAR / 2, mark.word),
                    class_=f"mark mark-{status_class(mark.word)}")
        )  # fmt: skip
    parts += [part for span in lane.owners for part in _owner(axis, span, bar + _BAR + 2)]
    return parts


def _status(axis: _Axis, span: Span, top: float) -> list[Markup]:
    x, width = axis.x(span.start), max(axis.x(span.end) - axis.x(span.start), 2)
    told = element("title", f"{span.word} from {span.start} to {span.end}")
    parts = [
        element("rect", told, x=x, y=top, width=width, height=_BAR, rx=3.0,
                class_=f"status status-{status_class(span.word)}")
    ]  # fmt: skip
    if len(span.word) * _LETTER + 8 <= width:
        parts.append(element("text", span.word, x=x + 6, y=top + 17, class_="status-word"))
    return parts


def _access(axis: _Axis, access: Span, top: float) -> list[Markup]:
    start, end = axis.x(access.start), axis.x(access.end)
    is_open = access.end == FOR_EVER
    told = "access without an end" if is_open else f"access until {access.end}"
    parts = [
        element("line", element("title", told), x1=start, y1=top + _BAR / 2, x2=end, y2=top + _BAR / 2,
                class_="access")
    ]  # fmt: skip
    if not is_open:
        parts.append(element("line", x1=end, y1=top, x2=end, y2=top + _BAR, class_="access-end"))
    return parts


def _mark(x: float, y: float, word: str) -> list[Markup]:
    """A shape for each word, so that colour is not all that tells them apart."""
    if word == "succeeded":
        return [element("circle", cx=x, cy=y, r=5.0)]
    if word == "failed":
        return [element("path", d=f"M{x - 5:.1f} {y - 5:.1f} L{x + 5:.1f} {y + 5:.1f} "
                                  f"M{x + 5:.1f} {y - 5:.1f} L{x - 5:.1f} {y + 5:.1f}")]  # fmt: skip
    return [element("rect", x=x - 4, y=y - 4, width=8.0, height=8.0)]


def _owner(axis: _Axis, span: Span, top: float) -> list[Markup]:
    x, width = axis.x(span.start), max(axis.x(span.end) - axis.x(span.start), 2)
    told = element("title", f"{span.word}'s from {span.start} to {span.end}")
    name = _shortened(span.word, int((width - 8) / _LETTER))
    return [
        element("rect", told, x=x, y=top, width=width, height=_OWNER, class_="owner"),
        element("text", name, x=x + 4, y=top + 11, class_="owner-name"),
    ]


def _shortened(text: str, letters: int) -> str:
    return text if len(text) <= letters else (text[: letters - 1] + "…" if letters > 1 else "")


def status_class(word: str) -> str:
    """The stylesheet's name for a status; a word that Stripe may invent has that of all such."""
    known = {"active", "trialing", "past_due", "unpaid", "paused", "incomplete", "incomplete_expired",
             "canceled", "succeeded", "failed", "voided", "uncollectible"}  # fmt: skip
    return word.replace("_", "-") if word in known else "unknown" if word == "not known" else "other"
