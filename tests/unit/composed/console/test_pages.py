"""What the console's pages show of a stack, and that everything that comes from outside is escaped."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from stripe_handler_cli.composed.console.boxes import picture
from stripe_handler_cli.composed.console.hiding import HIDDEN
from stripe_handler_cli.composed.console.pages.pipeline import fragments
from stripe_handler_cli.composed.console.watch import Seen
from support import events
from support.dead_letters import envelope, error, failure_record
from support.looked_at import BASE, FakeAws, Looked, looked_at

HOSTILE = "\"><script>alert(1)</script><img/src=x/onerror='alert(2)'>{{7*7}}"
FIELDS = {"id": "sub_1", "customer": "cus_1", "user": "user_1"}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}


class Elements(HTMLParser):
    """What a browser would make of a page: names of elements, and whether each is closed in its turn."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.names.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        assert self.open.pop() == tag


def read(text: str) -> Elements:
    """A page's elements; they are all closed."""
    found = Elements()
    found.feed(text)
    assert found.open == []
    return found


def lived(aws: FakeAws, **changes: Any) -> None:
    """A subscription is bought, paid for, and its card fails; one event comes twice."""
    body = events.subscription(**{**FIELDS, **changes})
    bill = {"sub": body["id"], "customer": body["customer"], "user": None}
    aws.handle(events.created(body, event_id="evt_created"))
    aws.handle(events.paid(events.invoice(**bill), event_id="evt_paid", created=events.T0 + 5))
    aws.handle(events.paid(events.invoice(**bill), event_id="evt_paid", created=events.T0 + 5))
    late = {**body, "status": "past_due"}
    aws.handle(
        events.updated(late, event_id="evt_late", created=events.T0 + 99, previous={"status": "active"})
    )


@pytest.fixture
def console() -> Looked:
    """A console on a stack with one user."""
    found = looked_at()
    lived(found.aws)
    return found


def test_the_pipeline_shows_figures_and_what_rings(console: Looked) -> None:
    """And the runbook's section beside an alarm."""
    console.aws.points = {"matched": 17, "write": 10, "skip": 6, "error": 3}
    console.aws.ringing = {"acme-failure-queue-messages"}
    console.aws.failure.send(failure_record(envelope(events.created({})), error()))
    text = console.browser.get("/").text
    read(text)
    for told in (
        "<strong>17</strong> events the rule matched",
        "<strong>10</strong> applied",
        "1 alarm ringing",
    ):
        assert told in text
    assert "The runbook on failure_queue_messages" in text
    assert "Failure queue: trouble" in text
    assert 'id="box-delivery"' in text


def test_a_box_that_is_refused_says_so_and_the_others_are_shown(console: Looked) -> None:
    """Of AWS's answer the code, and what was asked."""
    console.aws.refuses = {"GetMetricData", "DescribeAlarms"}
    text = console.browser.get("/").text
    assert "AccessDeniedException for GetMetricData" in text
    assert "AccessDeniedException for DescribeAlarms" in text
    assert "secret detail" not in text
    assert 'class="box state-ok"' in text
    assert "No alarm rings" not in text


def test_a_user_is_shown_with_access_time_profile_and_events(console: Looked) -> None:
    """What each event changed, and why one was skipped, in the words of `explain`."""
    text = console.browser.get("/user?id=user_1").text
    names = read(text).names
    assert text.count('class="timeline') == 2
    assert names.count("svg") > 2  # and a colour beside each word
    assert "No access any more" in text  # T0 is a year ago
    for told in ("past_due", "evt_late", "this event had been applied already", "payment succeeded at"):
        assert told in text
    assert re.search(r"changed <code>.*subscriptionStatus", text)
    assert '<a href="#evt_late">evt_late</a>' in text


def test_what_somebody_else_has_changed_is_marked(console: Looked) -> None:
    """Beside it stands what the ledger says."""
    item = dict(console.aws.tables.profiles["user_1"])
    console.aws.tables.profiles["user_1"] = item | {"subscriptionStatus": "lifetime"}
    text = console.browser.get("/user?id=user_1").text
    assert '<tr class="differs"><th scope="row">subscriptionStatus' in text
    assert "the ledger says past_due" in text


@pytest.mark.parametrize("typed", ["user_1", "cus_1", "sub_1", "evt_paid"])
def test_a_user_is_found_by_any_id(console: Looked, typed: str) -> None:
    """An event leads to its place on the page."""
    answer = console.browser.get("/user", params={"q": typed})
    place = "#evt_paid" if typed == "evt_paid" else ""
    assert (answer.status_code, answer.headers["location"]) == (303, f"/user?id=user_1{place}")


def test_who_is_not_found_is_told(console: Looked) -> None:
    """Of a user's id the page says that there is no profile."""
    assert console.browser.get("/user", params={"q": "cus_nobody"}).status_code == 404
    assert "No profile" in console.browser.get("/user?id=nobody").text


def test_an_export_is_one_file_that_needs_nothing(console: Looked) -> None:
    """Its own policy lets in its style and nothing else; nothing in it leads to the console."""
    answer = console.browser.get("/user/export?id=user_1")
    assert answer.headers["content-disposition"] == 'attachment; filename="user_1.html"'
    found = read(answer.text)
    assert {"script", "link", "form", "img"}.isdisjoint(found.names)
    assert all(value is None or value.startswith("#") for name, value in found.attributes if name == "href")
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src &#39;sha256-{digest}&#39;" in answer.text or f"'sha256-{digest}'" in answer.text


def test_hostile_ids_and_metadata_are_only_text() -> None:
    """In a user's id, a customer's, a status, a price, an error: on every page that shows them."""
    console = looked_at(may_act=True)
    aws = console.aws
    lived(aws, user=HOSTILE.replace(" ", ""), status=HOSTILE, id="sub_" + HOSTILE, customer="cus_" + HOSTILE)
    broken = envelope({**events.created(events.subscription(user=HOSTILE)), "type": HOSTILE, "id": HOSTILE})
    message = aws.failure.send(failure_record(broken, error(HOSTILE, HOSTILE)))
    aws.delivery.send(HOSTILE, ERROR_CODE=HOSTILE, ERROR_MESSAGE=HOSTILE)
    paths: list[tuple[str, dict[str, str]]] = [
        ("/", {}),
        ("/user", {"id": HOSTILE}),
        ("/user", {"q": "cus_" + HOSTILE + "x"}),
        ("/user/export", {"id": HOSTILE}),
        ("/failures", {}),
        ("/failures/message", {"id": message}),
        ("/failures/message", {"id": message, "whole": "1"}),
        ("/failures/message", {"id": HOSTILE + "x"}),
        ("/failures/confirm", {"do": "drop", "error": HOSTILE}),
        ("/drift", {}),
    ]
    for path, query in paths:
        answer = console.browser.get(path, params=query)
        found = read(answer.text)
        assert found.names.count("script") == (0 if "export" in path else 1), path
        assert "img" not in found.names
        assert not [name for name, _ in found.attributes if name.startswith("on")]
        assert "49" not in re.findall(r"onerror[^<]{0,60}", answer.text)


def test_a_message_hides_what_is_personal_until_it_is_asked_for(console: Looked) -> None:
    """The ids stay, and what no page shows is hidden even then."""
    personal = {
        "customer_email": "jane@example.com",
        "customer_name": "Jane Doe",
        "client_secret": "seti_secret_1",
    }
    body = {**events.invoice(user="user_1"), **personal, "status": None}
    raw = envelope(events.paid(body, event_id="evt_broken"))
    console.aws.failure.send(failure_record(raw, error("KeyError", "jane@example.com")))
    listed = console.browser.get("/failures").text
    shown = console.browser.get("/failures/message?id=evt_broken").text
    for text in (listed, shown):
        assert "jane" not in text.lower()
    assert HIDDEN in shown
    assert "evt_broken" in shown
    assert "user_1" in shown
    whole = console.browser.get("/failures/message?id=evt_broken&whole=1").text
    assert "jane@example.com" in whole
    assert "seti_secret_1" not in whole


def test_failures_are_grouped_by_error(console: Looked) -> None:
    """The largest group first, each with what to do."""
    for number in range(3):
        raw = envelope(events.created(events.subscription(), event_id=f"evt_{number}"))
        console.aws.failure.send(failure_record(raw, error("StripeUnavailableError")))
    console.aws.delivery.send(json.dumps(envelope(events.created({}))), ERROR_CODE="NO_PERMISSIONS")
    text = console.browser.get("/failures").text
    first, second = text.index("StripeUnavailableError"), text.index("NO_PERMISSIONS")
    assert first < second
    assert "3 messages, failure queue" in text
    assert "EventBridge could not hand these to the function" in text


def test_what_is_confirmed_is_done_and_told(console: Looked, tmp_path: Any, monkeypatch: Any) -> None:
    """Dropping asks first; the job's page has what came of it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    console = looked_at(console.aws, may_act=True)
    console.aws.failure.send(
        failure_record(envelope(events.created({}, event_id="evt_a")), error("KeyError"))
    )
    query = "do=drop&error=KeyError&layer=function"
    assert "Drop?" in console.browser.get(f"/failures/confirm?{query}").text
    assert console.aws.failure.deleted == []
    form = dict(part.split("=") for part in query.split("&")) | {"csrf": console.gate.csrf}
    began = console.browser.post("/failures", data=form, headers={"origin": BASE})
    assert began.status_code == 303
    with console.browser.stream("GET", f"/live{began.headers['location']}") as told:
        lines = list(told.iter_lines())
    assert "event: end" in lines
    assert "1 of 1 dropped" in console.browser.get(began.headers["location"]).text
    assert console.aws.failure.deleted == ["m0"]
    (kept,) = tmp_path.rglob("dropped-*.jsonl")
    assert "evt_a" in kept.read_text()


@pytest.mark.parametrize(
    "query", ["do=drop", "do=redrive&layer=function", "do=drop&error=X&layer=no", "do=x&error=X"]
)
def test_an_action_says_which_messages(query: str) -> None:
    """No form means all of them by leaving something out."""
    console = looked_at(may_act=True)
    assert console.browser.get(f"/failures/confirm?{query}").status_code == 403


def done(console: Looked, path: str, **form: str) -> str:
    """Send a form, follow its job to the end, and return the job's page."""
    form = {"csrf": console.gate.csrf, **form}
    began = console.browser.post(path, data=form, headers={"origin": BASE})
    assert began.status_code == 303, began.text
    with console.browser.stream("GET", f"/live{began.headers['location']}") as told:
        assert "event: end" in list(told.iter_lines())
    return console.browser.get(began.headers["location"]).text


def test_an_event_that_is_sent_again_is_applied_and_its_message_deleted() -> None:
    """By the function, which decides about it as about any other."""
    console = looked_at(may_act=True)
    raw = events.created(events.subscription(user="user_1"), event_id="evt_again")
    console.aws.failure.send(failure_record(envelope(raw), error("StripeUnavailableError")))
    text = done(console, "/failures", do="redrive", error="StripeUnavailableError")
    assert "1 applied" in text
    assert "evt_again: write · primary" in text
    assert console.aws.failure.deleted == ["m0"]
    assert "evt_again" in console.browser.get("/user?id=user_1").text


def test_a_comparison_runs_and_its_verdict_stays() -> None:
    """Each profile against its ledger, and against the owner links, which need no Stripe key."""
    console = looked_at()
    lived(console.aws)
    text = console.browser.get("/drift").text
    assert "None was given when the console was started" in text
    item = dict(console.aws.tables.profiles["user_1"])
    console.aws.tables.profiles["user_1"] = item | {"subscriptionStatus": "lifetime"}
    done(console, "/drift", what="views")
    done(console, "/drift", what="owners")
    text = console.browser.get("/drift").text
    assert "subscriptionStatus lifetime → past_due" in text
    assert "every subscription is where its link says" in text
    refused = done(console, "/drift", what="stripe")
    assert "No Stripe key was given" in refused
    form = {"csrf": console.gate.csrf, "what": "no such"}
    assert console.browser.post("/drift", data=form, headers={"origin": BASE}).status_code == 403


def test_the_doctors_verdicts_stay() -> None:
    """Of a stack of which hardly anything can be seen, too: every check says so."""
    console = looked_at()
    assert "Not examined since the console was started" in console.browser.get("/doctor").text
    done(console, "/doctor")
    text = console.browser.get("/doctor").text
    assert "Examine again" in text
    assert text.count("could not look") > 5
    read(text)


def test_a_stack_on_aws_is_not_played_with() -> None:
    """Not even where actions are allowed, and its navigation does not lead there."""
    console = looked_at(may_act=True)
    text = console.browser.get("/play").text
    assert "Only a stack on local AWS" in text
    assert 'href="/play"' not in text
    form = {"csrf": console.gate.csrf, "what": "life"}
    answer = console.browser.post("/play", data=form, headers={"origin": BASE})
    assert (answer.status_code, "on AWS" in answer.text) == (502, True)


def test_what_aws_refuses_is_told_as_a_page(console: Looked) -> None:
    """With the navigation, so that one can go on."""
    console.aws.refuses = {"BatchGetItem"}
    answer = console.browser.get("/user?id=user_1")
    assert answer.status_code == 502
    assert "AccessDeniedException" in answer.text
    assert 'href="/failures"' in answer.text


def test_a_live_page_sends_what_has_changed(console: Looked) -> None:
    """As escaped pieces of the page, each by the id of its place."""
    found = picture({**looks(), "rule": Seen(error="<b>no</b>")}, {}, "now")
    pieces = fragments(found)
    assert {"box-rule", "alarms", "summary"} <= pieces.keys()
    assert "&lt;b&gt;no&lt;/b&gt;" in pieces["box-rule"]
    text = console.browser.get("/").text
    for place in pieces:
        assert f'id="{place}"' in text


def looks() -> dict[str, Seen]:
    """Looks that have seen nothing."""
    return {name: Seen() for name in ("figures", "rule", "delivery", "failure", "parked", "alarms")}
