"""What is drawn of a user's subscriptions: lanes of what is known, and a drawing that says it in words."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import attrs
from hypothesis import given
from hypothesis import strategies as st

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.composed.console.drawing.sparkline import sparkline
from stripe_handler_cli.composed.console.drawing.timeline import NARROW, WIDE, draw
from stripe_handler_cli.composed.console.history import rows
from stripe_handler_cli.composed.console.lanes import NOT_KNOWN, Lane, Mark, Span, lanes
from stripe_handler_cli.operate.explain.gathering import Explanation
from stripe_handler_cli.operate.explain.handovers import Passed
from stripe_handler_cli.stack.stored.owners import Ownership
from stripe_subscription_handler.conversation.links import Link
from stripe_subscription_handler.decisions.claims import Claim, Kind
from support import events
from support.looked_at import FakeAws, looked_at

START = iso(datetime.fromtimestamp(events.T0, UTC))
NOW = "2026-12-01T00:00:00Z"


def at(second: int) -> str:
    """So many seconds after the beginning."""
    return iso(datetime.fromtimestamp(events.T0 + second, UTC))


def explained(aws: FakeAws, user_id: str = "user_1") -> Explanation:
    """What the console gathers of a user."""
    return looked_at(aws).desk.explain(user_id)


def bought(**changes: Any) -> FakeAws:
    """A subscription that was bought, is past due a day later, and is deleted the day after."""
    aws, day = FakeAws(), 86_400
    body = events.subscription(user="user_1", **changes)
    aws.handle(events.created(body, event_id="evt_1"))
    late = {**body, "status": "past_due"}
    aws.handle(events.updated(late, event_id="evt_2", created=events.T0 + day, previous={"status": "active"}))
    bill = events.invoice(sub=body["id"], customer=body["customer"], created=events.T0 + day)
    aws.handle(events.failed(bill, event_id="evt_3", created=events.T0 + day + 9))
    over = {**body, "status": "canceled", "ended_at": events.T0 + 2 * day}
    aws.handle(events.deleted(over, event_id="evt_4", created=events.T0 + 2 * day))
    return aws


def test_a_lane_has_every_status_that_the_log_tells_without_gaps() -> None:
    """From the creation to the end, and the payments as marks."""
    (lane,) = lanes(explained(bought()), NOW)
    told = [(one.start, one.end, one.word) for one in lane.statuses]
    assert told == [
        (START, at(86_400), "active"),
        (at(86_400), at(2 * 86_400), "past_due"),
    ] or told == [*told[:2], (at(2 * 86_400), at(2 * 86_400), "canceled")]
    assert [(one.at, one.word) for one in lane.marks] == [(at(86_409), "failed")]
    assert [(one.word, one.start) for one in lane.owners] == [("user_1", START)]
    assert lane.is_shown
    assert lane.access is None


def test_what_the_log_does_not_tell_is_not_known() -> None:
    """The ledger knows the newest state alone, so that what was before it is left open."""
    aws = bought()
    aws.lines.clear()
    (lane,) = lanes(explained(aws), NOW)
    assert lane.statuses[0].word == NOT_KNOWN
    assert lane.statuses[-1].end == at(2 * 86_400)


def test_a_subscription_that_lives_goes_on_until_now_and_gives_access() -> None:
    """Until when is what the library says of it, also where that is over by now."""
    aws = FakeAws()
    aws.handle(events.created(events.subscription(user="user_1"), event_id="evt_1"))
    explanation = explained(aws)
    (lane,) = lanes(explanation, NOW)
    assert [(one.start, one.end, one.word) for one in lane.statuses] == [(START, NOW, "active")]
    assert lane.access is not None
    assert lane.access.end == explanation.record.access_until


def test_a_lane_says_who_owned_it_when() -> None:
    """By the claim of its link, and whom the label named before."""
    explanation = explained(bought())
    (register,) = explanation.record.registers
    steps = {"evt_9": ("user_0", "user_1")}
    claim = Claim(Kind.LABEL, f"0 {at(3600)} 1", "user_1", steps)
    link = Ownership.of(register.subscription.id, Link("user_1", claim), None)
    passed = Passed("user_1", register.subscription.id, link, None)
    (lane,) = lanes(attrs.evolve(explanation, passed=(passed,)), NOW)
    assert [(one.word, one.end) for one in lane.owners] == [
        ("user_0", at(3600)),
        ("user_1", lane.statuses[-1].end),
    ]


def test_every_event_has_a_row_with_what_it_changed_or_why_not() -> None:
    """In the order in which they were handled."""
    aws = bought()
    late = events.updated(events.subscription(user="user_1"), event_id="evt_5", created=events.T0 + 5)
    aws.handle(late)
    found = rows(explained(aws))
    assert [one.event_id for one in found] == ["evt_1", "evt_2", "evt_3", "evt_4", "evt_5"]
    assert [one.state for one in found] == ["applied"] * 4 + ["skipped"]
    assert "subscriptionStatus" in found[1].changed
    assert (found[-1].changed, found[-1].why) == ((), "something newer was known already")
    assert found[-1].section == "Which fact is newer"


TIMES = st.integers(0, 10**8).map(at)
WORDS = st.sampled_from(["active", "past_due", "canceled", "a_future_word", NOT_KNOWN]) | st.text(max_size=30)


@st.composite
def drawn_lanes(draw_: st.DrawFn) -> Lane:
    """Any lane, also one that no subscription has."""
    times = sorted(draw_(st.lists(TIMES, min_size=2, max_size=5)))
    spans = tuple(Span(start, end, draw_(WORDS)) for start, end in pairwise(times))
    end = draw_(TIMES | st.just("9999-12-31T23:59:59Z"))
    access = draw_(st.none() | st.just(Span(times[0], max(end, times[0]), "access")))
    marks = tuple(
        Mark(one, draw_(st.sampled_from(["succeeded", "failed", "voided"])), "evt") for one in times[:2]
    )
    return Lane(
        draw_(st.text(min_size=1, max_size=60)), draw_(st.booleans()), spans, spans[:1], marks, access
    )


@given(st.lists(drawn_lanes(), min_size=1, max_size=3), TIMES, st.sampled_from([WIDE, NARROW]))
def test_a_drawing_is_well_formed_and_inside_its_frame(found: list[Lane], now: str, width: int) -> None:
    """Whatever the texts are; and it says in words what it shows."""
    text = re.sub(r"[^\t\n\x20-\ud7ff\ue000-\ufffd]", "", str(draw(found, now, width)))
    root = ET.fromstring(text)  # noqa: S314 - our own drawing
    right = float(root.attrib["viewBox"].split()[2])
    for element in root.iter():
        for name in ("x", "x1", "x2", "cx"):
            assert -6 <= float(element.attrib.get(name, 0)) <= right + 6
        assert float(element.attrib.get("width", 1)) >= 0
        assert not {"style", "onload"} & set(element.attrib)
    assert root.attrib["role"] == "img"
    assert (root.findtext("title"), bool(root.findtext("desc"))) == ("Subscriptions over time", True)


def test_no_lane_is_no_drawing() -> None:
    """An empty frame would tell nothing."""
    assert draw([], NOW) == ""


def test_a_sparkline_ends_where_its_figures_end() -> None:
    """The largest figure is at the top, none at the bottom, and a title says what it is."""
    text = str(sparkline([0, 4, 2], "events <matched>"))
    assert "events &lt;matched&gt;: at most 4" in text
    points = re.search(r'<polyline points="([^"]*)"', text)
    assert points is not None
    assert points[1] == "0.0,26.5 60.0,1.5 120.0,14.0"
    assert "at most 0" in str(sparkline([0, 0], "nothing"))
