"""What is stored of a user and a customer, taken apart for people."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_handler_cli.stack.stored import CustomerRecord, ParkedEvent, UserRecord
from stripe_handler_cli.stack.stored.owners import claim_as_json, since_words
from stripe_handler_cli.stack.stored.words import StateVersion, payment_second, reports, why_shown
from stripe_subscription_handler.conversation.links import Customer, Link
from stripe_subscription_handler.conversation.messages import Links, Moved
from stripe_subscription_handler.decisions.claims import Claim, Kind
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.registers import Register, subscription_version
from stripe_subscription_handler.decisions.short_forms import LOWEST_SECOND
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.dynamodb.sync_table import (
    parked_content,
    parked_key,
    parked_since,
)
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from stripe_subscription_handler.events.event_types import Rank
from stripe_subscription_handler.events.selection import PLAIN
from stripe_subscription_handler.events.subscriptions import read_subscription
from support import events
from support.model import Tables

KEY = {"PK": "USER#user_1", "SK": "PROFILE"}
T0 = events.T0


NOW = datetime(2026, 11, 24, tzinfo=UTC)


def record(*raws: dict[str, Any], shows: ViewSettings = ViewSettings(), **more: Any) -> UserRecord:  # noqa: B008
    """The user's record after these events."""
    tables = Tables(policy=Policy(shows=shows))
    for raw in raws:
        tables.deliver(parse_event(raw))
    return UserRecord.of("user_1", KEY, {**KEY, **tables.profiles["user_1"], **more}, shows)


def why(*raws: dict[str, Any], **settings: Any) -> dict[str, str]:
    """Why each subscription is shown or not."""
    shows = ViewSettings(**settings)
    found = record(*raws, shows=shows)
    registers = found.ledger.registers.values()
    return {one.subscription.id: why_shown(one, registers, shows) for one in found.registers}


def created(subscription_id: str, event_id: str, second: int = 0, **changes: Any) -> dict[str, Any]:
    """A subscription begins."""
    changes = {"created": T0 + second, **changes}
    body = events.subscription(id=subscription_id, **changes)
    return events.created(body, event_id=event_id, created=T0 + second)


def test_what_somebody_else_wrote_can_be_told_as_json() -> None:
    """A fraction or a set in place of what this project writes: the item is shown just because of them."""
    found = record(created("sub_a", "evt_1"), lastPaymentAmount=Decimal("1.5"), subscriptionStatus={"b", "a"})
    told = json.loads(json.dumps(found.as_json(NOW)))
    assert told["differences"]["lastPaymentAmount"] == {"expected": None, "found": 1.5}
    assert told["profile"]["subscriptionStatus"] == ["a", "b"]


def test_the_best_subscription_is_shown_and_the_others_say_why_not() -> None:
    """By status first, then by time."""
    assert why(
        created("sub_a", "evt_1"),
        created("sub_b", "evt_2", 5),
        created("sub_c", "evt_3", 9, status="unpaid"),
        created("sub_d", "evt_4", 9, status="past_due"),
    ) == {
        "sub_b": "shown: the best of 4",
        "sub_a": "not shown: created before sub_b",
        "sub_c": "not shown: unpaid ranks below active",
        "sub_d": "not shown: past_due ranks below active, or its collection is paused",
    }


def priced(product: str) -> dict[str, Any]:
    """Items of a subscription that sells one product."""
    return {
        "object": "list",
        "data": [{"price": {"id": f"price_{product}", "product": product}, "quantity": 1}],
    }


def test_the_settings_are_named_where_they_decide() -> None:
    """A product of the plans, its place among them, another app's product."""
    two = created("sub_a", "evt_1", items=priced("pro")), created("sub_b", "evt_2", 5, items=priced("add-on"))
    assert why(*two, plan_product_ids=("pro",))["sub_b"] == (
        "not shown: sub_a holds a product of plan_product_ids"
    )
    assert why(*two, plan_product_ids=("pro", "add-on"))["sub_b"] == (
        "not shown: the plan of sub_a comes earlier in plan_product_ids"
    )
    assert why(*two, handled_product_ids=frozenset({"pro"})) == {
        "sub_a": "shown: the only one",
        "sub_b": "not shown: another app's, by handled_product_ids and required_metadata",
    }


def test_a_profile_of_earlier_settings_is_known_as_one() -> None:
    """What it shows differs from what the ledger says now, and nobody else has changed it."""
    found = record(created("sub_1", "evt_1"))
    now = ViewSettings(access_renewal_grace_hours=0)
    again = UserRecord.of(
        "user_1", KEY, {**KEY, **(found.profile or {}), "stripeLedgerSettings": "before"}, now
    )
    assert again.computed_by == "before" != again.shows.fingerprint


def test_reasons_for_equals_and_the_only_one() -> None:
    """The same second goes by id; one that was handed on is not here any more."""
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
    assert why(created("sub_1", "evt_1"), move) == {}


def test_of_the_apps_own_attributes_only_names_are_kept() -> None:
    """Their values may be personal: they are neither in the record nor in its JSON."""
    found = record(created("sub_1", "evt_1"), email="ada@example.com", plan=Decimal(3))
    assert found.app_attributes == ("email", "plan")
    assert "ada@" not in repr(found) + json.dumps(found.as_json(NOW))


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
    assert UserRecord.of("user_1", KEY, None).as_json(NOW)["exists"] is False
    assert UserRecord.of("user_1", KEY, {**KEY, "name": "x"}).as_json(NOW)["exists"] is True


@given(
    terminal=st.booleans(),
    second=st.datetimes().map(lambda moment: moment.replace(microsecond=0).isoformat() + "Z"),
    rank=st.sampled_from(Rank),
)
def test_a_version_is_read_as_it_was_made(terminal: bool, second: str, rank: Rank) -> None:  # noqa: FBT001
    """Whatever the ledger may hold; a `created` is never final, and its second is the register's alone."""
    body = events.subscription(status="canceled" if terminal else "active")
    subscription = read_subscription(body, "subscription", PLAIN)
    register = Register(subscription_version(subscription, second, rank), second, subscription)
    version = StateVersion.of(register)
    assert version == StateVersion(terminal and rank is not Rank.CREATED, second, rank)


@pytest.mark.parametrize(
    ("event_type", "event_created", "is_it"),
    [
        ("invoice.paid", "2025-11-22T08:26:42Z", True),
        ("v1.invoice.payment_succeeded", "2025-11-22T08:26:43Z", True),
        ("invoice.paid", "2025-11-22T08:26:41Z", False),
        ("invoice.payment_failed", "2025-11-22T08:26:42Z", False),
        ("customer.subscription.updated", "2025-11-22T08:26:42Z", False),
        (None, None, False),
    ],
)
def test_a_payment_knows_which_events_may_have_told_of_it(
    event_type: str | None,
    event_created: str | None,
    is_it: bool,  # noqa: FBT001
) -> None:
    """By their type and second: two events tell of one payment."""
    paid = events.paid(events.invoice(), event_id="evt_paid", created=T0 + 2)
    [payment] = record(created("sub_1", "evt_1"), paid).ledger.payments.values()
    assert payment_second(payment) == "2025-11-22T08:26:42Z"
    assert reports(event_type, event_created, payment) is is_it


@pytest.mark.parametrize(("ids", "lost"), [({"evt_1"}, ()), ({"evt_1", "evt_2"}, ("evt_2",))])
def test_a_customer_tells_what_waits_and_what_waited_too_long(ids: set[str], lost: tuple[str, ...]) -> None:
    """An id without an event: the event has been removed by its expiry."""
    event = ParkedEvent(
        "evt_1", "invoice.paid", "cus_1", None, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"
    )
    found = CustomerRecord.of("cus_1", Links(Customer(parked=frozenset(ids))), {}, (event,))
    assert (found.users, found.owners, found.lost) == ((), {}, lost)


def parked_item(kept: StripeEvent | Moved, raw: dict[str, Any]) -> dict[str, Any]:
    """What waits, as an item of the sync table."""
    return parked_key("cus_1", kept.id) | parked_since(T0) | parked_content("cus_1", kept, raw)


def customer(*raws: dict[str, Any], **policy: Any) -> CustomerRecord:
    """The customer's record after these events."""
    tables = Tables(policy=Policy(**policy))
    for raw in raws:
        tables.deliver(parse_event(raw))
    links = {key: Link.from_attributes(item) for (_, key), item in tables.links.items()}
    found = Links(Customer.from_attributes(tables.customers.get("cus_1")), links)
    kept = tables.parked.get("cus_1", {})
    items = [parked_item(one, raws[-1]) for one in kept.values()]
    return CustomerRecord.of("cus_1", found, tables.profiles, tuple(map(ParkedEvent.of, items)))


def told(found: CustomerRecord) -> list[tuple[str | None, str, str, str | None]]:
    """Of each subscription: owner, why, since when, who before."""
    return [(one.owner, one.why, one.since, one.former_user) for one in found.ownerships]


def labelled(user: str | None, before: str | None, second: int) -> dict[str, Any]:
    """The label of `sub_1` is changed."""
    body = events.subscription(user=user)
    previous = {"metadata": {"userId": before}}
    return events.updated(body, event_id=f"evt_{second}", created=T0 + second, previous=previous)


FIRST = events.created(events.subscription(), event_id="evt_1")


def test_a_label_from_the_beginning_has_no_second() -> None:
    """And nobody had it before."""
    assert told(customer(FIRST)) == [("user_1", "its own label", "its creation", None)]


def test_a_move_tells_its_second_and_who_had_it_before() -> None:
    """Later events with the same label do not change since when."""
    later = events.updated(events.subscription(user="user_2"), created=T0 + 90, previous={})
    found = customer(FIRST, labelled("user_2", "user_1", 60), later)
    assert told(found) == [("user_2", "its own label", "2025-11-22T08:27:40Z", "user_1")]
    assert found.users == ("user_2",)


def test_a_label_that_was_there_when_it_was_first_seen_is_as_old_or_older() -> None:
    """The event that set it never came."""
    later = events.updated(events.subscription(), created=T0 + 60, previous={"status": "incomplete"})
    assert told(customer(later)) == [("user_1", "its own label", "2025-11-22T08:27:40Z or before", None)]


def test_a_guess_is_called_one_until_somebody_says_so() -> None:
    """The best reason is in the profile, whatever the link was written for."""
    unlabelled = events.created(events.subscription(id="sub_2", user=None), event_id="evt_2", created=T0 + 5)
    guess = ("user_1", "a guess: the customer's only user", "", None)
    assert told(customer(FIRST, unlabelled))[1] == guess
    label = events.updated(events.subscription(id="sub_2"), created=T0 + 9, previous={"metadata": {}})
    assert told(customer(FIRST, unlabelled, label))[1][:2] == ("user_1", "its own label")


def test_a_subscription_whose_user_has_no_profile_is_nobodys_yet() -> None:
    """It waits, and who it is for is told."""
    found = customer(FIRST, create_missing_profile=False)
    assert told(found) == [(None, "its own label", "its creation", None)]
    assert found.ownerships[0].claim.user_id == "user_1"
    assert [event.what for event in found.parked] == ["customer.subscription.created"]


def test_a_moved_subscription_that_waits_for_a_profile_is_told_as_such() -> None:
    """It is no event, and what it waits for is a profile."""
    tables = Tables()
    tables.deliver(parse_event(FIRST))
    tables.profiles["user_1"] = {**tables.profiles["user_1"], **KEY}
    tables.policy = Policy(create_missing_profile=False)
    tables.deliver(parse_event(labelled("user_2", "user_1", 60)))
    [kept] = tables.parked["cus_1"].values()
    found = ParkedEvent.of(parked_item(kept, {}))
    assert (found.event_type, found.subscription_id, found.moved_to) == (None, "sub_1", "user_2")
    assert found.what == "moved subscription, until user_2 has a profile"


@pytest.mark.parametrize(
    ("claim", "kind", "second", "since"),
    [
        (Claim(Kind.GUESS, "", "u"), "guess", None, ""),
        (Claim(Kind.CUSTOMER, "2026-11-03T10:00:00Z 4", "u"), "customer", "2026-11-03T10:00:00Z", None),
        (Claim(Kind.CUSTOMER, f"{LOWEST_SECOND} 0", "u"), "customer", None, "its creation"),
        (Claim(Kind.INVOICE, "2026-11-03T10:00:00Z in_1", "u"), "invoice", "2026-11-03T10:00:00Z", None),
        (Claim(Kind.LABEL, "0 2026-11-03T10:00:00Z 1", "u"), "label", "2026-11-03T10:00:00Z", None),
    ],
)
def test_a_claim_tells_its_second(claim: Claim, kind: str, second: str | None, since: str | None) -> None:
    """Where its version has one; when the user was named is known only of an event that changed it."""
    as_json = claim_as_json(claim)
    assert as_json is not None
    assert (as_json["kind"], as_json["second"], as_json["is_exact"]) == (kind, second, False)
    assert since_words(claim) == (f"{second} or before" if since is None else since)


def test_the_apps_own_attribute_named_entitlements_stays_its_own() -> None:
    """Where Stripe's are not known: no difference, and no value is shown."""
    found = record(events.created(events.subscription()), entitlements={"ada@example.com"})
    assert (found.differences, found.app_attributes) == ({}, ("entitlements",))
    assert "ada@" not in json.dumps(found.as_json(NOW))
