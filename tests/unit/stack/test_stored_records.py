"""What is stored of a user and a customer, taken apart for people."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_handler_cli.stack.stored import CustomerRecord, ParkedEvent, UserRecord
from stripe_handler_cli.stack.stored.words import PaymentVersion, StateVersion, why_shown
from stripe_subscription_handler.decisions.ledger import subscription_version
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.event_types import Rank
from stripe_subscription_handler.events.subscriptions import read_subscription
from support import events
from support.model import Tables

KEY = {"PK": "USER#user_1", "SK": "PROFILE"}
T0 = events.T0


def record(*raws: dict[str, Any], **more: Any) -> UserRecord:
    """The user's record after these events."""
    tables = Tables()
    for raw in raws:
        tables.deliver(parse_event(raw))
    return UserRecord.of("user_1", KEY, {**KEY, **tables.profiles["user_1"], **more})


def why(*raws: dict[str, Any]) -> dict[str, str]:
    """Why each subscription is shown or not."""
    found = record(*raws)
    return {
        one.subscription.id: why_shown(one, found.ledger.registers.values(), "user_1")
        for one in found.registers
    }


def created(subscription_id: str, event_id: str, second: int = 0, **changes: Any) -> dict[str, Any]:
    """A subscription begins."""
    changes = {"created": T0 + second, **changes}
    body = events.subscription(id=subscription_id, **changes)
    return events.created(body, event_id=event_id, created=T0 + second)


def test_what_somebody_else_wrote_can_be_told_as_json() -> None:
    """A fraction or a set in place of what this project writes: the item is shown just because of them."""
    found = record(created("sub_a", "evt_1"), lastPaymentAmount=Decimal("1.5"), subscriptionStatus={"b", "a"})
    told = json.loads(json.dumps(found.as_json()))
    assert told["differences"]["lastPaymentAmount"] == {"expected": None, "found": 1.5}
    assert told["profile"]["subscriptionStatus"] == ["a", "b"]


def test_the_best_subscription_is_shown_and_the_others_say_why_not() -> None:
    """By status first, then by time."""
    assert why(
        created("sub_a", "evt_1"),
        created("sub_b", "evt_2", 5),
        created("sub_c", "evt_3", 9, status="past_due"),
    ) == {
        "sub_b": "shown: the best of 3",
        "sub_a": "not shown: created before sub_b",
        "sub_c": "not shown: past_due ranks below active",
    }


def test_reasons_for_equals_dead_ones_and_foreign_ones() -> None:
    """The same second goes by id; a subscription handed on belongs to its new user."""
    assert why(created("sub_a", "evt_1"), created("sub_b", "evt_2"))["sub_a"] == (
        "not shown: created in the same second as sub_b, which has the higher id"
    )
    assert why(created("sub_a", "evt_1")) == {"sub_a": "shown: the only one"}
    move = events.updated(
        events.subscription(user="user_2"),
        event_id="evt_2",
        created=T0 + 5,
        previous={"metadata": {"userId": "user_1"}},
    )
    assert why(created("sub_1", "evt_1"), move) == {"sub_1": "not shown: it belongs to user_2"}


def test_of_the_apps_own_attributes_only_names_are_kept() -> None:
    """Their values may be personal: they are neither in the record nor in its JSON."""
    found = record(created("sub_1", "evt_1"), email="ada@example.com", plan=Decimal(3))
    assert found.app_attributes == ("email", "plan")
    assert "ada@" not in repr(found) + json.dumps(found.as_json())


def test_a_view_that_somebody_else_changed_is_seen() -> None:
    """The ledger says what should be there; a number is compared as a number."""
    assert record(created("sub_1", "evt_1"), subscriptionQuantity=Decimal(1)).differences == {}
    changed = record(created("sub_1", "evt_1"), subscriptionStatus="gold", nextPaymentAttemptAt="x")
    assert changed.differences == {
        "subscriptionStatus": ("active", "gold"),
        "nextPaymentAttemptAt": (None, "x"),
    }


def test_a_user_has_what_is_known_as_theirs() -> None:
    """One that was handed on is another's; of a dead one that was forgotten for space, the id is enough."""
    move = events.updated(
        events.subscription(id="sub_b", user="user_2"),
        event_id="evt_3",
        created=T0 + 5,
        previous={"metadata": {"userId": "user_1"}},
    )
    found = record(created("sub_a", "evt_1"), created("sub_b", "evt_2"), move)
    assert [found.has(one) for one in ("sub_a", "sub_b", "sub_c")] == [True, False, False]
    forgotten = record(created("sub_a", "evt_1"), stripeLedgerClosed={f"{T0} sub_c"})
    assert forgotten.has("sub_c")
    assert not UserRecord.of("user_1", KEY, None).has("sub_a")


def test_no_item_is_no_profile() -> None:
    """Which differs from a profile without a subscription."""
    assert UserRecord.of("user_1", KEY, None).as_json()["exists"] is False
    assert UserRecord.of("user_1", KEY, {**KEY, "name": "x"}).as_json()["exists"] is True


@given(
    terminal=st.booleans(),
    second=st.datetimes().map(lambda moment: moment.replace(microsecond=0).isoformat() + "Z"),
    rank=st.sampled_from(Rank),
)
def test_a_version_is_read_as_it_was_made(terminal: bool, second: str, rank: Rank) -> None:  # noqa: FBT001
    """Whatever the ledger may hold."""
    body = events.subscription(status="canceled" if terminal else "active")
    subscription = read_subscription(body, "subscription", "userId")
    version = StateVersion.of(subscription_version(subscription, second, rank))
    assert version == StateVersion(terminal, second, rank)


def test_a_payments_version_names_its_event() -> None:
    """And its second."""
    paid = events.paid(events.invoice(), event_id="evt_paid", created=T0 + 2)
    [payment] = record(created("sub_1", "evt_1"), paid).ledger.payments.values()
    assert PaymentVersion.of(payment.version) == PaymentVersion("2025-11-22T08:26:42Z", "evt_paid")


@pytest.mark.parametrize(("ids", "lost"), [({"evt_1"}, ()), ({"evt_1", "evt_2"}, ("evt_2",))])
def test_a_customer_tells_what_waits_and_what_waited_too_long(ids: set[str], lost: tuple[str, ...]) -> None:
    """An id without an event: the event has been removed by its expiry."""
    links = {"users": {"user_1"}, "owner_sub_1": {"user": "user_1", "version": "v"}, "parked": ids}
    event = ParkedEvent(
        "evt_1", "invoice.paid", "cus_1", None, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"
    )
    found = CustomerRecord.of("cus_1", links, (event,))
    assert (found.users, found.owners, found.lost) == (("user_1",), {"sub_1": "user_1"}, lost)
