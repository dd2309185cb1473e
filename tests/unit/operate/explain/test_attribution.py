"""Which event gave an attribute its value: true streams, delivered badly, explained from their log lines."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from stripe_handler_cli.operate.explain.as_json import as_json
from stripe_handler_cli.operate.explain.attribution import Attribution, attributions
from stripe_handler_cli.operate.explain.gathering import Explanation
from stripe_handler_cli.operate.explain.report import print_explanation
from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.lost_ledger import lost_by_lines
from stripe_handler_cli.stack.stored import UserRecord
from stripe_handler_cli.stack.stored.lost import Lost
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Outcome
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view import VIEW
from stripe_subscription_handler.decisions.view_settings import DEFAULTS
from stripe_subscription_handler.errors import ConcurrentUpdateError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.examples import share_of
from support.model import Tables
from support.worlds import Kinds, worlds

T0 = events.T0
BEGIN = datetime(2026, 11, 23, tzinfo=UTC)


def line(event: StripeEvent, outcome: Outcome, *, began: int, ended: int) -> LogLine:
    """What the function would log of an event handled between two seconds."""
    return LogLine(
        handled_at=BEGIN + timedelta(seconds=ended),
        duration_ms=(ended - began) * 1000.0,
        decision="write" if outcome.applied else "skip",
        event_id=event.id,
        event_type=event.type,
        event_created=event.created,
        subscription_id=event.subscription_id,
        user_id=outcome.user_id or event.user_id,
        reason=str(outcome.reason),
        changed=outcome.changed if outcome.applied else None,
        also_applied=outcome.also_applied,
    )


@attrs.define
class Watched:
    """Tables that know which event changed each attribute last."""

    tables: Tables = attrs.Factory(Tables)
    truth: dict[tuple[str, str], str] = attrs.Factory(dict)
    lines: list[LogLine] = attrs.Factory(list)

    def execute(self, request: Any, event: StripeEvent) -> Any:
        """Do a request, and note what it changed."""
        before = {user: dict(item) for user, item in self.tables.profiles.items()}
        answer = self.tables.execute(request, event)
        for user, item in self.tables.profiles.items():
            for name in VIEW:
                if before.get(user, {}).get(name) != item.get(name):
                    self.truth[user, name] = event.id
        return answer

    def deliver(self, *stripe_events: StripeEvent) -> None:
        """Handle one event after the other, each in a second of its own."""
        for event in stripe_events:
            second = len(self.lines) * 10
            outcome = self.tables.deliver(event)
            self.lines.append(line(event, outcome, began=second, ended=second + 1))

    def explained(self, user_id: str = "user_1") -> dict[str, Attribution]:
        """The explanation of a user's profile."""
        ledger = Ledger.from_item(self.tables.profiles.get(user_id))
        return {one.name: one for one in attributions(ledger, DEFAULTS, user_id, self.lines)}


def setters(explained: dict[str, Attribution]) -> dict[str, str]:
    """Attribute → event."""
    return {name: one.set_by.event_id for name, one in explained.items() if one.set_by}


CREATED = parse_event(events.created(events.subscription(status="incomplete"), event_id="evt_created"))
ACTIVE = parse_event(
    events.updated(events.subscription(), event_id="evt_active", previous={"status": "incomplete"})
)
LAPSED = parse_event(
    events.updated(
        events.subscription(status="past_due"),
        event_id="evt_lapsed",
        created=T0 + 50,
        previous={"status": "active"},
    )
)
PAID = parse_event(events.paid(events.invoice(), event_id="evt_paid", created=T0 + 2))


def test_entitlements_were_set_by_their_summary() -> None:
    """And the value is plain, so that it can be printed as JSON."""
    watched = Watched()
    watched.deliver(
        parse_event(events.created(events.subscription())),
        parse_event(events.entitled(events.summary("sso", "audit"), event_id="evt_2", created=T0 + 9)),
    )
    found = watched.explained()["entitlements"]
    assert (found.value, found.set_by and found.set_by.event_id) == (["audit", "sso"], "evt_2")


def test_each_attribute_names_the_event_that_last_changed_it() -> None:
    """The price is the first event's, the status its last update's, the payment the invoice's."""
    watched = Watched()
    watched.deliver(CREATED, ACTIVE, PAID, LAPSED)
    explained = watched.explained()
    found = setters(explained)
    assert found["subscriptionPriceId"] == "evt_created"
    assert found["subscriptionStatus"] == "evt_lapsed"
    assert found["lastPaymentStatus"] == "evt_paid"
    assert all(one.is_certain for one in explained.values())


def test_events_that_came_too_late_are_told_where_they_would_have_mattered() -> None:
    """A late update is told of the status, not of the payment; what came before its setter is not told."""
    watched = Watched()
    watched.deliver(ACTIVE, CREATED, LAPSED, ACTIVE, PAID)
    status, payment = watched.explained()["subscriptionStatus"], watched.explained()["lastPaymentStatus"]
    assert [(one.event_id, one.reason) for one in status.rejected] == [("evt_active", "stale")]
    assert payment.rejected == ()


def test_an_attribute_that_was_removed_names_the_event_that_removed_it() -> None:
    """A cancellation that was taken back leaves no `subscriptionCancelAt`; it is told since when."""
    leaving = events.subscription(cancel_at=T0 + 90)
    back = events.updated(
        events.subscription(), event_id="evt_back", created=T0 + 7, previous={"cancel_at": T0 + 90}
    )
    watched = Watched()
    watched.deliver(parse_event(events.created(leaving)), parse_event(back))
    found = watched.explained()["subscriptionCancelAt"]
    assert (found.value, found.set_by.event_id if found.set_by else None) == (None, "evt_back")


def test_a_parked_event_is_named_by_itself() -> None:
    """The payment waited; its line said parked; the update that brought it out tells what it changed.

    The update itself came first: it is newer than the creation that had waited.
    """
    paid = parse_event(events.paid(events.invoice(user=None), event_id="evt_paid", created=T0 + 2))
    watched = Watched()
    watched.deliver(parse_event(events.created(events.subscription(user=None), event_id="evt_created")), paid)
    watched.deliver(
        parse_event(
            events.updated(
                events.subscription(),
                event_id="evt_label",
                created=T0 + 9,
                previous={"metadata": {"userId": None}},
            )
        )
    )
    explained = watched.explained()
    change = explained["lastPaymentStatus"].set_by
    assert change is not None
    assert (change.event_id, change.event_type, change.event_created) == ("evt_paid", paid.type, paid.created)
    assert setters(explained)["subscriptionStatus"] == "evt_label"


def test_the_first_user_of_a_moved_subscription_is_told_who_took_it() -> None:
    """The line is about the second user; the first one's profile lost everything by it."""
    move = events.updated(
        events.subscription(user="user_2"),
        event_id="evt_move",
        created=T0 + 9,
        previous={"metadata": {"userId": "user_1"}},
    )
    watched = Watched()
    watched.deliver(CREATED, parse_event(move))
    assert set(setters(watched.explained("user_1")).values()) == {"evt_move"}
    assert setters(watched.explained("user_2"))["subscriptionStatus"] == "evt_move"


def test_older_than_the_log_falls_back_on_the_ledger() -> None:
    """Without lines nothing is claimed; the ledger knows the newest event's second, the payment's id."""
    watched = Watched()
    watched.deliver(CREATED, PAID, LAPSED)
    watched.lines.clear()
    explained = watched.explained()
    status, payment = explained["subscriptionStatus"], explained["lastPaymentAmount"]
    assert (status.set_by, status.is_certain) == (None, False)
    assert status.newest is not None
    assert status.newest.in_words == f"updated {LAPSED.created}"
    assert payment.newest is not None
    assert payment.newest.in_words == f"succeeded {PAID.created}"


def test_a_thin_events_line_does_not_name_the_subscription() -> None:
    """The payment is found by its event's id all the same."""
    watched = Watched()
    watched.deliver(CREATED, PAID)
    thin = attrs.evolve(watched.lines[1], event_type=f"v1.{PAID.type}", subscription_id=None)
    watched.lines[1] = thin
    payment = watched.explained()["lastPaymentStatus"]
    assert (setters(watched.explained())[payment.name], payment.is_certain) == ("evt_paid", True)


def test_a_write_that_left_no_line_is_seen_by_its_duplicate() -> None:
    """The handler died after its write; the retry says duplicate, so the older event is not certain."""
    watched = Watched()
    watched.deliver(CREATED, ACTIVE, ACTIVE)
    del watched.lines[1]
    status = watched.explained()["subscriptionStatus"]
    assert not status.is_certain
    assert [change.event_id for change in status.or_by] == ["evt_active"]


def test_a_line_that_is_missing_altogether_makes_it_uncertain() -> None:
    """The ledger knows of a newer event than any line."""
    watched = Watched()
    watched.deliver(CREATED, ACTIVE)
    del watched.lines[1]
    status = watched.explained()["subscriptionStatus"]
    assert not status.is_certain
    assert status.newest is not None
    assert not status.newest.is_logged


def test_lines_of_an_earlier_version_do_not_tell_what_changed() -> None:
    """They have no `changed`: each is one of those that may have set the value."""
    watched = Watched()
    watched.deliver(CREATED, ACTIVE, PAID)
    watched.lines = [attrs.evolve(one, changed=None) for one in watched.lines]
    status = watched.explained()["subscriptionStatus"]
    assert status.set_by is None
    assert [change.event_id for change in status.or_by] == ["evt_created", "evt_active"]


def other(**changes: Any) -> dict[str, Any]:
    """Another subscription of the same user's, to another product, which is not shown."""
    body = events.subscription(id="sub_2", status="past_due", created=T0 + 3, **changes)
    body["items"]["data"][0]["price"]["product"] = "prod_2"
    return body


OTHER = parse_event(events.created(other(), event_id="evt_other", created=T0 + 3))


def test_access_names_the_event_of_whichever_subscription_gave_it() -> None:
    """The status is that of the one shown; the products also came of another one, which ended."""
    gone = {**other(ended_at=T0 + 60), "status": "canceled"}
    ended = parse_event(events.deleted(gone, event_id="evt_gone", created=T0 + 60))
    watched = Watched()
    watched.deliver(CREATED, ACTIVE, OTHER)
    assert setters(watched.explained())["subscriptionProducts"] == "evt_other"
    watched.deliver(ended)
    found = setters(watched.explained())
    assert (found["subscriptionStatus"], found["subscriptionId"]) == ("evt_active", "evt_created")
    assert found["subscriptionProducts"] == "evt_gone"
    assert all(one.is_certain for one in watched.explained().values())


def test_what_another_subscriptions_end_brought_to_light_is_told_as_such() -> None:
    """A deletion sets no `past_due`: since then the other subscription is shown, with its own status."""
    gone = {**events.subscription(ended_at=T0 + 60), "status": "canceled"}
    ended = parse_event(events.deleted(gone, event_id="evt_gone", created=T0 + 60))
    watched = Watched()
    watched.deliver(CREATED, ACTIVE, PAID, OTHER, ended)
    explained = watched.explained()
    assert explained["subscriptionStatus"].value == "past_due"
    for name in ("subscriptionStatus", "subscriptionId"):
        one = explained[name]
        source = one.brought_to_light
        assert (one.set_by and one.set_by.event_id, one.set_by and one.set_by.subscription_id) == (
            "evt_gone",
            "sub_1",
        )
        assert source is not None
        assert (source.subscription_id, source.event_id) == ("sub_2", "evt_other")
    told = printed(explained.values())
    assert "evt_gone customer.subscription.deleted of 2025-11-22T08:27:40Z about sub_1" in told
    assert "why: since then sub_2 is shown, whose newest is: created 2025-11-22T08:26:43Z (evt_other)" in told
    assert as_json(explanation(explained.values()), "")["attributes"]["subscriptionStatus"][
        "brought_to_light"
    ] == {"subscription_id": "sub_2", "event_id": "evt_other", "in_ledger": "created 2025-11-22T08:26:43Z"}
    watched.deliver(
        parse_event(
            events.updated(
                {**other(), "status": "active"},
                event_id="evt_on",
                created=T0 + 90,
                previous={"status": "past_due"},
            )
        )
    )
    status = watched.explained()["subscriptionStatus"]
    assert (status.value, status.brought_to_light) == ("active", None)
    assert setters(watched.explained())["subscriptionStatus"] == "evt_on"


def test_no_payment_is_said_to_have_removed_what_another_subscription_took_away() -> None:
    """`reconcile` brought a subscription that has no payment, and left no line.

    So it is shown since then; and as the only one that lives it alone gives access.
    """
    gone = {**events.subscription(ended_at=T0 + 60), "status": "canceled"}
    ended = parse_event(events.deleted(gone, event_id="evt_gone", created=T0 + 60))
    back = events.subscription(id="sub_2", created=T0 + 90)
    watched = Watched()
    watched.deliver(CREATED, ACTIVE, PAID, ended)
    watched.tables.deliver(parse_event(events.created(back, event_id="evt_unseen", created=T0 + 90)))
    explained = watched.explained()
    for name in ("lastPaymentStatus", "subscriptionStatus", "subscriptionAccessUntil"):
        one = explained[name]
        assert (one.is_certain, one.brought_to_light) == (False, one.newest), name
        assert one.newest is not None
        assert one.newest.subscription_id == "sub_2"
    assert explained["lastPaymentStatus"].value is None
    told = printed([explained["lastPaymentStatus"], explained["subscriptionStatus"]])
    heading = "sub_2 is shown now, whose newest is: created 2025-11-22T08:28:10Z, which left no line"
    assert told.count(heading) == 1
    assert f"{heading} the last lines about these tell of another subscription: " in told
    assert "evt_paid invoice" not in told


def test_of_what_a_drain_applied_the_last_one_is_named() -> None:
    """All stand in one line, in the order in which they were written."""
    waiting = [
        events.created(events.subscription(user=None, status="incomplete"), event_id="evt_created"),
        events.failed(
            events.invoice(user=None, status="open", next_payment_attempt=T0 + 99),
            event_id="evt_failed",
            created=T0 + 3,
        ),
        events.paid(
            events.invoice(user=None, status="paid", status_transitions={"paid_at": T0 + 5}, amount_paid=900),
            event_id="evt_paid",
            created=T0 + 5,
        ),
    ]
    label = events.updated(
        events.subscription(), event_id="evt_label", created=T0 + 9, previous={"metadata": {"userId": None}}
    )
    watched = Watched()
    watched.deliver(*map(parse_event, waiting), parse_event(label))
    explained = watched.explained()
    found = setters(explained)
    assert (found["lastPaymentStatus"], found["lastPaymentAmount"]) == ("evt_paid", "evt_paid")
    assert all(explained[name].is_certain for name in ("lastPaymentStatus", "lastPaymentAmount"))
    assert found["subscriptionStatus"] == "evt_label"


def test_a_value_that_somebody_else_has_changed_is_told_beside_the_ledgers() -> None:
    """Also one that should not be there, and one that is gone."""
    watched = Watched()
    watched.deliver(CREATED, ACTIVE)
    item = watched.tables.profiles["user_1"]
    del item["subscriptionPriceId"]
    item |= {"subscriptionStatus": "canceled", "subscriptionCancelAt": "2026-01-01T00:00:00Z"}
    record = UserRecord.of("user_1", {}, item)
    found = attributions(record.ledger, DEFAULTS, "user_1", watched.lines, record.differences)
    explained = {one.name: one for one in found}
    status = explained["subscriptionStatus"]
    assert (status.value, status.is_found, status.found) == ("active", False, "canceled")
    assert setters(explained)["subscriptionStatus"] == "evt_active"
    told = printed(found)
    assert "subscriptionStatus active but the app reads canceled: somebody else has changed it" in told
    assert "subscriptionPriceId price_basic but the app reads (absent): somebody else has changed it" in told
    assert "subscriptionCancelAt (removed) but the app reads 2026-01-01T00:00:00Z" in told
    values = as_json(explanation(found), "")["attributes"]
    assert (values["subscriptionStatus"]["value"], values["subscriptionStatus"]["found"]) == (
        "active",
        "canceled",
    )
    assert "found" not in values["subscriptionId"]


def explanation(found: Iterable[Attribution], **changes: Any) -> Explanation:
    """What was found, as the command has it."""
    return Explanation(
        **{
            "record": UserRecord.of("user_1", {}, {}),
            "customers": (),
            "attributions": tuple(found),
            "passed": (),
            "failures": (),
            "timeline": None,
            "stripe_since": None,
            "log_since": BEGIN,
            "decisions_are_logged": True,
            "lines": 1,
            "lines_left_out": False,
            **changes,
        }
    )


def printed(found: Iterable[Attribution], **changes: Any) -> str:
    """What people read, its white space narrowed."""
    out = StringIO()
    print_explanation(Console(file=out, width=160), explanation(found, **changes), " --workspace w")
    return " ".join(out.getvalue().split())


def test_a_ledger_that_is_gone_is_told_with_the_command_that_restores_it() -> None:
    """No event is blamed for it."""
    watched = Watched()
    watched.deliver(CREATED, ACTIVE)
    record = UserRecord.of("user_1", {}, {"email": "x"})
    lost = lost_by_lines(record, watched.lines)
    told = printed((), record=record, lost_ledger=lost, lost=(Lost("sub_9", "user_1", "cus_9"),))
    assert "The ledger is gone: by the function's log this profile was written (last by evt_active" in told
    assert "stripe-handler sync user_1 --workspace w" in told
    assert "sub_9 is user_1's by its link, but the profile has lost it." in told
    assert "evt_created" not in told
    found = explanation((), record=record, lost_ledger=lost)
    assert not found.is_fine
    assert not explanation((), lost=(Lost("sub_9", "user_1", "cus_9"),)).is_fine
    assert as_json(found, "")["lost_ledger"]["repair"] == "stripe-handler sync user_1"


def test_access_is_not_certain_while_any_living_one_left_no_line() -> None:
    """The ledger knows of an event of the other subscription that the log does not tell of."""
    watched = Watched()
    watched.deliver(CREATED, ACTIVE, OTHER)
    watched.lines = [one for one in watched.lines if one.event_id != "evt_other"]
    explained = watched.explained()
    assert not explained["subscriptionAccessUntil"].is_certain
    assert not explained["subscriptionProducts"].is_certain
    assert explained["subscriptionStatus"].is_certain


def test_an_invoice_whose_line_is_lost_may_have_ended_access() -> None:
    """While past due, access can depend on the newest failed invoice; never the status."""
    watched = Watched()
    watched.deliver(CREATED, ACTIVE, PAID)
    watched.lines = [attrs.evolve(one, changed=None) for one in watched.lines]
    explained = watched.explained()
    assert "evt_paid" in {one.event_id for one in explained["subscriptionAccessUntil"].or_by}
    assert "evt_paid" not in {one.event_id for one in explained["subscriptionStatus"].or_by}


def test_of_two_events_that_may_be_the_newest_none_settles_what_overlapped() -> None:
    """The newest payment left the count of attempts as it was; one of its second had changed it before."""
    watched = Watched()
    bills = [
        events.invoice(id=f"in_{number}", created=T0 + number, attempt_count=attempts)
        for number, attempts in ((1, 3), (2, 2), (3, 2))
    ]
    seconds = (9, 5, 9)
    payments = [
        parse_event(events.paid(bill, event_id=f"evt_{bill['id']}", created=T0 + second))
        for bill, second in zip(bills, seconds, strict=True)
    ]
    watched.deliver(CREATED, ACTIVE, *payments)
    began = BEGIN + timedelta(seconds=15)
    watched.lines[2:4] = [
        attrs.evolve(one, duration_ms=(one.handled_at - began) / timedelta(milliseconds=1))
        for one in watched.lines[2:4]
    ]
    count = watched.explained()["lastPaymentAttemptCount"]
    assert {change.event_id for change in (count.set_by, *count.or_by) if change} == {"evt_in_1", "evt_in_2"}
    assert not count.is_certain


@st.composite
def handled(draw: st.DrawFn) -> tuple[Watched, set[str]]:
    """A world's events with duplicates, in any order, up to three at once; some handlers die anywhere.

    Returns:
        The tables with their log, and the events whose handler died.
    """
    world = draw(worlds(Kinds(same_second=True, labels=1, nobody=0)))
    waiting = draw(st.permutations([*world.events, *draw(st.lists(st.sampled_from(world.events)))]))
    watched, running, died, second = Watched(), [], set(), 0
    while waiting or running:
        second += 1
        if waiting and (not running or (len(running) < 3 and draw(st.booleans()))):
            event = waiting.pop(0)
            running.append((event, handling(event, Policy()), None, second))
            continue
        event, conversation, answer, began = running.pop(draw(st.integers(0, len(running) - 1)))
        try:
            request = conversation.send(answer)
        except StopIteration as stop:
            watched.lines.append(line(event, stop.value, began=began, ended=second))
            continue
        except ConcurrentUpdateError:
            waiting.append(event)
            continue
        answer = watched.execute(request, event)
        if len(died) < 2 and draw(st.integers(0, 9)) == 9:
            died.add(event.id)
            waiting.append(event)
            continue
        running.append((event, conversation, answer, began))
    return watched, died


@settings(max_examples=share_of(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(handled())
def test_what_is_said_for_certain_is_true(given_: tuple[Watched, set[str]]) -> None:
    """Whatever overlaps; only an event whose handler died can be overlooked, and the log cannot tell."""
    watched, died = given_
    for user_id, item in watched.tables.profiles.items():
        explained = watched.explained(user_id)
        assert {name: one.value for name, one in explained.items() if one.value is not None} == {
            name: item[name] for name in VIEW if name in item
        }
        for name, one in explained.items():
            truth = watched.truth[user_id, name]
            if truth in died:
                continue
            if one.is_certain:
                assert setters(explained)[name] == truth
            else:
                possible = {change.event_id for change in (one.set_by, *one.or_by) if change}
                assert truth in possible
