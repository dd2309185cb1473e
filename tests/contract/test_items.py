"""What each fixture leaves in the tables equals the items written beside it, to the last attribute."""

import json
import random
from collections.abc import Mapping
from typing import Any

import pytest

from stripe_subscription_handler import (
    ConnectEvents,
    HandlerError,
    Policy,
    parse_event,
)
from stripe_subscription_handler.conversation.links import REVISION
from stripe_subscription_handler.decisions import ledger
from stripe_subscription_handler.events.event_types import INVOICE_EVENTS
from support.fixtures import (
    ERAS,
    ERAS_OF_COMPANIONS,
    ERAS_OF_TYPES,
    Case,
    Fixture,
    fixture_id,
    load,
    load_all,
)
from support.happenings import Shown
from support.model import Tables, stripe_at

ALL = load_all()
CASES = tuple((fixture, case) for fixture in ALL for case in fixture.cases)
EVENTS = {fixture: (fixture.era, fixture.expected.get("type")) for fixture in ALL}


def case_id(value: Fixture | Case) -> str:
    """Name of a case in pytest's output."""
    if isinstance(value, Fixture):
        return fixture_id(value)
    return f"after {', '.join(value.given) or 'nothing'}: {value.outcome}"


each_case = pytest.mark.parametrize(("fixture", "case"), CASES, ids=case_id)


def tables_of(case: Case) -> Tables:
    """Empty tables with the case's settings, beside a Stripe that shows what the case says."""
    policy = Policy(
        connect_events=ConnectEvents(case.policy.get("connect_events", "skip")),
        can_ask_stripe=case.stripe is not None,
    )
    if case.stripe is None:
        return Tables(policy=policy)
    event = parse_event(load(*case.stripe["shows"].split("/")).raw)
    found = (event.subscription, event.invoice, event.session, event.customer)
    summary = {event.entitlements.customer_id: event.entitlements} if event.entitlements else {}
    shown = Shown(*({one.id: one} if one else {} for one in found), summary)
    return Tables(policy=policy, stripe=stripe_at(shown, case.stripe["as_of"]))


def deliver(tables: Tables, fixture: Fixture) -> str:
    """Carry one fixture through, and say what became of it in the words of the cases."""
    try:
        outcome = tables.deliver(parse_event(fixture.raw))
    except HandlerError as error:
        return f"refused: {type(error).__name__}"
    return f"{'written' if outcome.applied else 'skipped'}: {outcome.reason}"


def links_of(tables: Tables) -> dict[str, dict[str, Any]]:
    """The links of the sync table, by customer and subscription."""
    found: dict[str, dict[str, Any]] = {}
    for (customer_id, subscription_id), link in tables.links.items():
        found.setdefault(customer_id, {})[subscription_id] = link
    return found


def without(name: str, items: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Items without an attribute, which all of them have."""
    assert all(item[name] for item in items.values())
    return {key: {kept: item[kept] for kept in item if kept != name} for key, item in items.items()}


def as_text(items: Mapping[str, dict[str, Any]]) -> str:
    """Items as JSON text, sets as sorted lists: equal texts are equal items, 1 and true told apart."""
    return json.dumps(items, indent=1, sort_keys=True, default=sorted)


@each_case
def test_an_event_leaves_exactly_the_items_written_beside_it(fixture: Fixture, case: Case) -> None:
    """Every attribute of every profile, link and record is the one written there, and there is no other.

    Revisions are random: there is one on everything that was written.
    """
    tables = tables_of(case)
    for name in case.given:
        deliver(tables, load(*name.split("/")))
    assert deliver(tables, fixture) == case.outcome
    assert as_text(without(ledger.REVISION, tables.profiles)) == as_text(case.profiles)
    assert as_text(links_of(tables)) == as_text(case.links)
    assert as_text(without(REVISION, tables.customers)) == as_text(case.customers)


@pytest.mark.parametrize("fixture", ALL, ids=fixture_id)
def test_the_first_case_is_the_event_alone(fixture: Fixture) -> None:
    """Each fixture says what it does to empty tables, with the default settings and without a Stripe key."""
    first = fixture.cases[0]
    assert (first.given, first.policy, first.stripe) == ((), {}, None)


@each_case
def test_only_a_written_event_makes_a_profile(fixture: Fixture, case: Case) -> None:
    """By what is written down, an event skipped, parked or refused leaves no item where there was none.

    Neither does one that only says whose something is, or tells of entitlements that are nobody's yet.
    """
    if not case.given:
        unshown = {"written: claimed", "written: no_owner"}
        is_shown = case.outcome.startswith("written") and case.outcome not in unshown
        assert bool(case.profiles) == is_shown, fixture_id(fixture)


@each_case
def test_a_profile_holds_a_subscription_exactly_while_its_link_names_the_user(
    fixture: Fixture, case: Case
) -> None:
    """By what is written down, no subscription is in two profiles, and none in the wrong one."""
    held = [(one, user) for user, item in case.profiles.items() for one in ledger.known_ids(item)]
    links = [entry for of_customer in case.links.values() for entry in of_customer.items()]
    owned = [(one, link["owner"]) for one, link in links if "owner" in link]
    assert sorted(held) == sorted(owned), fixture_id(fixture)


@pytest.mark.parametrize(("era", "event_type"), ERAS_OF_TYPES)
def test_every_event_type_is_seen_in_a_view_of_every_era(era: str, event_type: str) -> None:
    """In each era, some event of each type of its time is written, and its item shows what the event told."""
    attribute = "lastPaymentStatus" if event_type in INVOICE_EVENTS else "subscriptionStatus"
    assert any(
        attribute in item
        for fixture, case in CASES
        if EVENTS[fixture] == (era, event_type) and case.outcome.startswith("written")
        for item in case.profiles.values()
    )


@pytest.mark.parametrize(("era", "event_type"), ERAS_OF_COMPANIONS)
def test_every_session_and_customer_event_meets_a_subscription(era: str, event_type: str) -> None:
    """In each of its eras it is delivered where there is one that has no label, and a profile shows that."""
    assert any(
        any("named_by_its" in name for name in case.given) and any(case.profiles.values())
        for fixture, case in CASES
        if EVENTS[fixture] == (era, event_type)
    )


@pytest.mark.parametrize("era", ERAS)
def test_the_events_of_an_era_leave_the_same_views_in_any_order(era: str) -> None:
    """What the property tests show of today's shape holds for each: a folder's events, shuffled, agree."""
    fixtures = [fixture for fixture in ALL if fixture.era == era]
    views = set()
    for seed in range(5):
        random.Random(seed).shuffle(fixtures)  # noqa: S311 - no secret
        tables = Tables()
        for fixture in fixtures:
            deliver(tables, fixture)
        shown = {user: _view(item) for user, item in tables.profiles.items()}
        # An item that shows nothing is there if its user ever had a subscription: a matter of order.
        views.add(as_text({user: view for user, view in shown.items() if view}))
    assert len(views) == 1


def _view(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if not name.startswith("stripeLedger")}
